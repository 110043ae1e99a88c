import { assertPoints, compareLexicographically, type Point } from './dominance';
import { exclusive, inside, maximal } from './hypervolume';

/**
 * What the hypervolume would lose without each point. A dominated point, one of two equal points, and a
 * point outside the reference box contribute 0.
 */
export function contributions(points: readonly Point[], reference: Point): number[] {
  assertPoints([...points, reference], reference.length);
  const within = inside(points, reference);
  const front = maximal(within);
  // A point that only p dominates takes over when p is gone, so the rest is not the front alone.
  const covered = within.filter((point) => !front.includes(point));
  return points.map((point) => {
    if (!front.includes(point) || covered.some((other) => compareLexicographically(other, point) === 0))
      return 0;
    const others = [...front.filter((other) => other !== point), ...covered];
    return Math.max(0, exclusive(point, others, reference));
  });
}
