import type { Interval, Objective } from '../../shared/api/types';
import { nearBest, nearOf } from './near-best';
import type { PlotPoint } from './points';

const aPoint = (n: number, value: number | null, interval: Interval | null = null): PlotPoint => ({
  n,
  id: `cand_${n}`,
  name: null,
  origin: 'initial',
  state: 'finished',
  onFront: false,
  confirmed: false,
  value: () => value,
  interval: () => interval,
});
const numbers = (points: readonly PlotPoint[]) => points.map(({ n }) => n);

test('who is not told from the best is marked; overlapping intervals alone are no reason', () => {
  const points = [
    aPoint(0, 0.55, [0.53, 0.57]),
    aPoint(1, 0.58, [0.56, 0.6]),
    aPoint(2, 0.6, [0.58, 0.62]),
    // Overlaps with the best (0.585 > 0.58), yet 0.035 apart with halves of 0.02 each: ± 0.028.
    aPoint(3, 0.565, [0.545, 0.585]),
  ];
  const { best, untold } = nearOf(points, 'quality', 'maximize');
  expect(numbers(best)).toEqual([2]);
  expect(numbers(untold)).toEqual([1]);
});

test('exact values are the best together, or not at all; what is not finished or has no value is left out', () => {
  const objectives: Objective[] = [{ metric: 'cacheBytes/ctx4096', direction: 'minimize' }];
  const points = [
    aPoint(0, 8),
    aPoint(1, 8),
    aPoint(2, 9),
    aPoint(3, null),
    { ...aPoint(4, 1), state: 'failed' as const },
  ];
  expect([...nearBest(points, objectives).get('cacheBytes/ctx4096')!]).toEqual([
    [0, 'best'],
    [1, 'best'],
  ]);
  expect(nearOf([], 'quality', 'maximize')).toEqual({ best: [], untold: [] });
});
