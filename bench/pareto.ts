import {
  Archive,
  contributions,
  crowding,
  hypervolume,
  nonDominatedRanks,
  type Point,
} from '@asterism/pareto';
import { at, child, uniform, type Key } from '@asterism/random';
import { report } from './report';

/**
 * `npm run bench:pareto`: the kernels at the sizes of reference tables of moocore and pymoo. Best
 * of several runs, milliseconds; points uniform in the cube for ranks, on a sphere for volumes.
 */
const key = (purpose: string): Key => ({ seed: 7, decision: 0, purpose });

function uniformPoints(n: number, m: number): Point[] {
  return Array.from({ length: n }, (_, i) =>
    Array.from({ length: m }, (_, j) => uniform(at(child(at(key('cube'), i), 'axis'), j))),
  );
}

function spherePoints(n: number, m: number): Point[] {
  return uniformPoints(n, m).map((point) => {
    const norm = Math.hypot(...point);
    return point.map((value) => 1 - value / norm);
  });
}

function bestOf(runs: number, work: () => unknown): number {
  let best = Infinity;
  for (let run = 0; run < runs; run++) {
    const start = performance.now();
    work();
    best = Math.min(best, performance.now() - start);
  }
  return Math.round(best * 1000) / 1000;
}

const reference = (m: number): Point => new Array<number>(m).fill(1.1);
const table = (
  sizes: readonly (readonly [number, number])[],
  work: (n: number, m: number) => () => unknown,
) => Object.fromEntries(sizes.map(([n, m]) => [`${n}x${m}`, bestOf(7, work(n, m))]));

function insertMedian(n: number, m: number): number {
  const points = spherePoints(n + 200, m);
  let archive = Archive.empty<number>();
  points.slice(0, n).forEach((point, i) => (archive = archive.insert(i, point)));
  const times = points.slice(n).map((point, i) => bestOf(1, () => archive.insert(n + i, point)));
  return times.sort((a, b) => a - b)[times.length >> 1]!;
}

report('pareto', {
  unit: 'ms',
  ranks: table(
    [
      [100, 2],
      [1000, 2],
      [1000, 3],
      [1000, 4],
      [5000, 2],
      [5000, 4],
    ],
    (n, m) => {
      const points = uniformPoints(n, m);
      return () => nonDominatedRanks(points);
    },
  ),
  crowding: table([[1000, 3]], (n, m) => {
    const points = spherePoints(n, m);
    return () => crowding(points);
  }),
  hypervolume: table(
    [
      [100, 2],
      [1000, 2],
      [100, 3],
      [1000, 3],
      [100, 4],
      [200, 4],
    ],
    (n, m) => {
      const points = spherePoints(n, m);
      return () => hypervolume(points, reference(m));
    },
  ),
  contributions: table(
    [
      [100, 2],
      [100, 3],
      [100, 4],
    ],
    (n, m) => {
      const points = spherePoints(n, m);
      return () => contributions(points, reference(m));
    },
  ),
  insertInto1000x3: insertMedian(1000, 3),
});
