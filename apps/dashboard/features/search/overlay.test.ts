import type { CandidatePoints, HypervolumeHistory, Objective } from '../../shared/api/types';
import { overlaySteps } from './overlay';

const objectives: readonly Objective[] = [
  { metric: 'quality', direction: 'maximize' },
  { metric: 'params', direction: 'minimize' },
];
const reference = { quality: 0, params: 10 };

function aSearch(points: readonly (readonly [quality: number, params: number])[]): CandidatePoints {
  const all = <T>(value: T): T[] => points.map(() => value);
  return {
    n: points.map((_, n) => n),
    id: points.map((_, n) => `cand_${n}`),
    name: all(null),
    origin: all('initial' as const),
    state: all('finished' as const),
    onFront: all(false),
    confirmed: all(false),
    values: { quality: points.map(([quality]) => quality), params: points.map(([, params]) => params) },
    intervals: {},
  };
}

const history = (hypervolume: number): HypervolumeHistory => ({
  referencePoint: reference,
  items: [{ n: 2, seconds: 60, hypervolume }],
});

test('a search drawn over itself ends where its own record ends, whatever the scale', () => {
  const mine = aSearch([
    [1, 8],
    [2, 6],
  ]);
  const steps = overlaySteps({
    objectives,
    reference,
    own: history(0.37),
    mine,
    theirs: mine,
    times: history(0.37),
  });
  expect(steps.at(-1)).toEqual({ n: 2, seconds: 60, hypervolume: 0.37 });
});

test('another search is measured up to the same reference point', () => {
  const mine = aSearch([[1, 5]]); // 1 × 5
  const theirs = aSearch([
    [2, 5],
    [-1, 9],
  ]); // 2 × 5; the second lies beyond the reference
  const steps = overlaySteps({ objectives, reference, own: history(0.5), mine, theirs, times: undefined });
  expect(steps.map((step) => step.hypervolume)).toEqual([1, 1]);
});

test('before anything counts there is nothing to compare', () => {
  const empty = overlaySteps({
    objectives,
    reference,
    own: { referencePoint: null, items: [] },
    mine: aSearch([]),
    theirs: aSearch([[1, 1]]),
    times: undefined,
  });
  expect(empty).toEqual([]);
});
