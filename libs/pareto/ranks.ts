import { assertPoints, compareLexicographically, dominates, type Point } from './dominance';

/**
 * Rank of each point: 0 is the non-dominated front, 1 the front without rank 0, and so on.
 *
 * Efficient non-dominated sort with binary search (Zhang et al. 2015, "ENS-BS"): in lexicographic order a
 * point is dominated by earlier ones only, and one that front k dominates is dominated by front k − 1 too.
 * With two objectives the last member of a front stands for all, which makes it O(n log n).
 */
export function nonDominatedRanks(points: readonly Point[]): number[] {
  assertPoints(points);
  const order = points.map((_, i) => i).sort((a, b) => compareLexicographically(points[a]!, points[b]!));
  const ranks = new Array<number>(points.length).fill(0);
  const fronts: Point[][] = [];
  for (const index of order) {
    const point = points[index]!;
    const rank = firstFrontFor(point, fronts);
    (fronts[rank] ??= []).push(point);
    ranks[index] = rank;
  }
  return ranks;
}

/** The points that no other dominates, in the order given. */
export function nonDominated<T>(items: readonly T[], pointOf: (item: T) => Point): T[] {
  const ranks = nonDominatedRanks(items.map(pointOf));
  return items.filter((_, i) => ranks[i] === 0);
}

function firstFrontFor(point: Point, fronts: readonly (readonly Point[])[]): number {
  let [low, high] = [0, fronts.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (isDominatedBy(point, fronts[middle]!)) low = middle + 1;
    else high = middle;
  }
  return low;
}

function isDominatedBy(point: Point, front: readonly Point[]): boolean {
  if (point.length <= 2) return dominates(front[front.length - 1]!, point);
  for (let i = front.length - 1; i >= 0; i--) if (dominates(front[i]!, point)) return true;
  return false;
}
