import type { EvaluationOutcome } from '@asterism/contracts';
import { measuredBy, type MeasuredRow } from './measured';

const quiet = { families: new Map(), tasks: new Map() };
const noisy = { quality: 0.04, families: new Map([['recall', 0.1]]), tasks: new Map([['mqar', 0.15]]) };

function scored(value: number, guard: number | null = 0.3): MeasuredRow {
  const score = (number: number) => ({ score: number, low: number - 0.1, high: number + 0.1 });
  const outcome = {
    status: 'scored',
    quality: { value, low: value - 0.005, high: value + 0.005 },
    tasks: [
      { id: 'mqar', family: 'recall', n: 1, ...score(0.5) },
      { id: 'pairs:qa', family: 'user', n: 1, ...score(0.25) },
      { id: 'crashed', family: 'state', n: 0, ...score(-0.1), error: 'NLL is not finite' },
    ],
    families: { recall: score(0.5), user: score(0.25) },
    guard,
    weighted:
      guard === null
        ? null
        : { weights: 'nano-2/3/0123', families: {}, quality: { value: 0.6, low: 0.595, high: 0.605 } },
  };
  return {
    id: 'eval_1',
    kind: 'evaluation',
    state: 'finished',
    target: '',
    class: null,
    outcome: outcome as unknown as EvaluationOutcome,
  };
}

test('the interval of quality holds the noise between seeds, not only that of the test items', () => {
  const [low, high] = measuredBy([scored(0.7)], noisy).intervals['quality'] ?? [0, 0];
  expect(high - low).toBeCloseTo(2 * Math.hypot(0.005, 1.96 * 0.04), 10);
  expect((high + low) / 2).toBeCloseTo(0.7, 10);
});

test('a tier without measured noise keeps the interval of the test items', () => {
  expect(measuredBy([scored(0.7)]).intervals['quality']).toEqual([0.695, 0.705]);
});

test('of tasks and families only those are values that the search names', () => {
  const named = ['tasks.pairs:qa', 'families.recall', 'tasks.crashed', 'tasks.unknown'];
  expect(measuredBy([scored(0.7)], quiet, named)).toEqual({
    values: { quality: 0.7, 'tasks.pairs:qa': 0.25, 'families.recall': 0.5, 'tasks.crashed': -0.1 },
    intervals: {
      quality: [0.695, 0.705],
      'tasks.pairs:qa': [0.15, 0.35],
      'families.recall': [0.4, 0.6],
      'tasks.crashed': [-0.2, 0],
    },
  });
  expect(Object.keys(measuredBy([scored(0.7)]).values)).toEqual(['quality']);
});

test('named tasks and families have the noise between seeds where the reference set measured it', () => {
  const { intervals } = measuredBy([scored(0.7)], noisy, ['tasks.mqar', 'families.recall', 'families.user']);
  const half = (metric: string): number =>
    ((intervals[metric]?.[1] ?? 0) - (intervals[metric]?.[0] ?? 0)) / 2;
  expect(half('tasks.mqar')).toBeCloseTo(Math.hypot(0.1, 1.96 * 0.15), 10);
  expect(half('families.recall')).toBeCloseTo(Math.hypot(0.1, 1.96 * 0.1), 10);
  expect(half('families.user')).toBeCloseTo(0.1, 10);
});

test('the guard is a value where the search names it and the worker said it', () => {
  expect(measuredBy([scored(0.7)], quiet, ['guard']).values).toEqual({ quality: 0.7, guard: 0.3 });
  expect(measuredBy([scored(0.7, null)], quiet, ['guard']).values).toEqual({ quality: 0.7 });
});

test('so is the weighted form, with the noise between seeds', () => {
  const { values, intervals } = measuredBy([scored(0.7)], noisy, ['qualityWeighted']);
  expect(values).toEqual({ quality: 0.7, qualityWeighted: 0.6 });
  const [low, high] = intervals['qualityWeighted'] ?? [0, 0];
  expect(high - low).toBeCloseTo(2 * Math.hypot(0.005, 1.96 * 0.04), 10);
  expect(measuredBy([scored(0.7, null)], noisy, ['qualityWeighted']).values).toEqual({ quality: 0.7 });
});
