import { assertPoints, compareLexicographically, type Point } from './dominance';
import { exclusive, inside, maximal } from './hypervolume';

/**
 * What the hypervolume would lose without each point. A dominated point, one of two equal points, and a
 * point outside the reference box contribute 0.
 */
export function contributions(points: readonly Point[], reference: Point): number[] {
  assertPoints([...points, reference], reference.length);
  const front = maximal(inside(points, reference));
  const alone = (point: Point): boolean =>
    points.filter((other) => compareLexicographically(other, point) === 0).length === 1;
  return points.map((point) => {
    const index = front.indexOf(point);
    if (index < 0 || !alone(point)) return 0;
    const others = points.filter((other) => other !== point);
    return Math.max(0, exclusive(point, maximal(inside(others, reference)), reference));
  });
}
