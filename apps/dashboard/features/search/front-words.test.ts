import type { Interval, Objective } from '../../shared/api/types';
import { bestWords } from './front-words';
import type { PlotPoint } from './points';

const objectives: readonly Objective[] = [{ metric: 'quality', direction: 'maximize' }];
const aPoint = (n: number, value: number, interval: Interval | null): PlotPoint => ({
  n,
  id: `cand_${n}`,
  name: n === 0 ? 'lfm2' : null,
  origin: 'initial',
  state: 'finished',
  onFront: false,
  confirmed: false,
  value: () => value,
  interval: () => interval,
});

test('candidates that cannot be told from the best without pairing are named with it', () => {
  const points = [aPoint(0, 0.5, [0.48, 0.52]), aPoint(1, 0.51, [0.49, 0.53]), aPoint(2, 0.3, [0.28, 0.32])];
  expect(bestWords(points, objectives)[0]!.text).toBe(
    'Quality: 0.510 by #1; cannot tell it from #0 lfm2 without pairing',
  );
});

test('a clear winner stands alone', () => {
  const points = [aPoint(0, 0.9, [0.88, 0.92]), aPoint(1, 0.5, [0.48, 0.52])];
  expect(bestWords(points, objectives)[0]!.text).toBe('Quality: 0.900 by #0 lfm2');
});

test('nothing is said of pairing where the comparison pairs nothing, and exact ties share the best', () => {
  const decode: Objective = { metric: 'decodeMsP50@cpu/torch/fp32/ctx4096', direction: 'minimize' };
  expect(bestWords([aPoint(1, 5, [4, 6]), aPoint(2, 5.5, [5, 6])], [decode])[0]!.text).toBe(
    'Decode p50: 5.00\u00a0ms by #1; cannot tell it from #2',
  );
  const params: Objective = { metric: 'params', direction: 'minimize' };
  expect(bestWords([aPoint(1, 512, null), aPoint(2, 512, null)], [params])[0]!.text).toBe(
    'Parameters: 512 by #1, #2',
  );
});

test('many that cannot be told are counted', () => {
  const points = [0, 1, 2, 3, 4, 5].map((n) => aPoint(n, 0.5, [0.4, 0.6]));
  expect(bestWords(points, objectives)[0]!.text).toContain('and 2 more');
});

test('nothing finished, nothing said', () => expect(bestWords([], objectives)).toEqual([]));
