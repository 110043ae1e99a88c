import { assertPoints, compareLexicographically, dominates, type Point } from './dominance';

/**
 * Volume dominated by the points up to the reference point, exactly, for any number of objectives.
 * A point that is not better than the reference in every objective adds nothing.
 *
 * Two and three objectives: a sweep. Four and more: WFG (While, Bradstreet, Barone 2012), whose recursion
 * ends in the sweep. Sums run in lexicographic order, so the result is bit-equal for every input order.
 */
export function hypervolume(points: readonly Point[], reference: Point): number {
  assertPoints([...points, reference], reference.length);
  return volume(inside(points, reference), reference);
}

/** The points strictly better than the reference everywhere. */
export function inside(points: readonly Point[], reference: Point): Point[] {
  return points.filter((point) => point.every((value, i) => value < (reference[i] as number)));
}

/** Volume of points already inside the reference box; dominated and equal points are allowed. */
export function volume(points: readonly Point[], reference: Point): number {
  if (points.length === 0) return 0;
  if (reference.length === 1) return reference[0]! - Math.min(...points.map((p) => p[0] as number));
  if (reference.length === 2) return sweep2(points, reference);
  if (reference.length === 3) return sweep3(points, reference);
  return wfg(points, reference);
}

function sweep2(points: readonly Point[], [rx, ry]: Point): number {
  let [sum, lowest] = [0, ry as number];
  for (const [x, y] of [...points].sort(compareLexicographically)) {
    if (y! >= lowest) continue;
    sum += (rx! - x!) * (lowest - y!);
    lowest = y!;
  }
  return sum;
}

/** Sweep along the third objective; the staircase of the first two and its area grow point by point. */
function sweep3(points: readonly Point[], [rx, ry, rz]: Point): number {
  const byHeight = [...points].sort((a, b) => a[2]! - b[2]! || compareLexicographically(a, b));
  const xs: number[] = [-Infinity, rx!];
  const ys: number[] = [ry!, -Infinity];
  let [sum, area] = [0, 0];
  byHeight.forEach(([x, y, z], i) => {
    area += insertStep(xs, ys, x!, y!);
    sum += area * ((byHeight[i + 1]?.[2] ?? rz!) - z!);
  });
  return sum;
}

/** Puts (x, y) into the staircase (x ascending, y descending, sentinels at both ends); returns the area gained. */
function insertStep(xs: number[], ys: number[], x: number, y: number): number {
  let [low, high] = [0, xs.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (xs[middle]! <= x) low = middle + 1;
    else high = middle;
  }
  // xs[low − 1] ≤ x < xs[low]; a step there that is as low already covers the point.
  if (ys[low - 1]! <= y) return 0;
  let [gained, left, top, last] = [0, x, ys[low - 1]!, low];
  for (; ys[last]! >= y; last++) {
    gained += (xs[last]! - left) * (top - y);
    [left, top] = [xs[last]!, ys[last]!];
  }
  gained += (xs[last]! - left) * (top - y);
  const first = xs[low - 1] === x ? low - 1 : low;
  xs.splice(first, last - first, x);
  ys.splice(first, last - first, y);
  return gained;
}

function wfg(points: readonly Point[], reference: Point): number {
  const front = maximal(points);
  // Worst last objective first: limit sets then lose members early (WFG's own heuristic).
  front.sort((a, b) => b.at(-1)! - a.at(-1)! || compareLexicographically(a, b));
  let sum = 0;
  front.forEach((point, i) => {
    sum += exclusive(point, front.slice(i + 1), reference);
  });
  return sum;
}

/** Volume that only `point` dominates, against `others`. */
export function exclusive(point: Point, others: readonly Point[], reference: Point): number {
  const box = point.reduce((product, value, i) => product * (reference[i]! - value), 1);
  const limited = others.map((other) => other.map((value, i) => Math.max(value, point[i] as number)));
  return box - volume(point.length > 3 ? maximal(limited) : limited, reference);
}

/** Distinct non-dominated points, in lexicographic order. */
export function maximal(points: readonly Point[]): Point[] {
  const kept: Point[] = [];
  for (const point of [...points].sort(compareLexicographically)) {
    const covered = kept.some(
      (other) => dominates(other, point) || compareLexicographically(other, point) === 0,
    );
    if (!covered) kept.push(point);
  }
  return kept;
}
