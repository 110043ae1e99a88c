import type { Direction } from '../api/types';

export interface Point {
  readonly x: number;
  readonly y: number;
}

const sign = (direction: Direction) => (direction === 'minimize' ? 1 : -1);

/** Points that no other beats in both directions, ordered by x from better to worse; equals count once. */
export function nonDominated<P extends Point>(
  points: readonly P[],
  dx: Direction,
  dy: Direction,
): readonly P[] {
  const better = [...points].sort((a, b) => sign(dx) * (a.x - b.x) || sign(dy) * (a.y - b.y));
  const front: P[] = [];
  let best = Number.POSITIVE_INFINITY;
  for (const point of better) {
    const y = sign(dy) * point.y;
    if (y < best) front.push(point);
    best = Math.min(best, y);
  }
  return front;
}

/**
 * The corner points of the region that `points` dominate up to `reference`: the area under this line is the
 * hypervolume of the two objectives. Points beyond the reference do not count, as in the engine.
 */
export function staircase(
  points: readonly Point[],
  dx: Direction,
  dy: Direction,
  reference: Point,
): readonly Point[] {
  const inside = points.filter(
    (p) => sign(dx) * (reference.x - p.x) > 0 && sign(dy) * (reference.y - p.y) > 0,
  );
  const front = nonDominated(inside, dx, dy);
  if (front.length === 0) return [];
  const corners: Point[] = [{ x: front[0]!.x, y: reference.y }];
  front.forEach((point, i) => {
    corners.push({ x: point.x, y: point.y });
    corners.push({ x: front[i + 1]?.x ?? reference.x, y: point.y });
  });
  return corners;
}

/** Area between the staircase and the reference point. */
export function areaUnder(corners: readonly Point[], reference: Point): number {
  return corners.slice(1).reduce((area, corner, i) => {
    const from = corners[i]!;
    return area + Math.abs(corner.x - from.x) * Math.abs(reference.y - corner.y);
  }, 0);
}

/** Where a plot ends when the search has not fixed its reference point yet: the worst value and a tenth of the range. */
export function provisionalReference(points: readonly Point[], dx: Direction, dy: Direction): Point {
  return {
    x: beyond(
      points.map((p) => p.x),
      dx,
    ),
    y: beyond(
      points.map((p) => p.y),
      dy,
    ),
  };
}

function beyond(values: readonly number[], direction: Direction): number {
  const low = Math.min(...values);
  const high = Math.max(...values);
  const margin = (high - low || Math.abs(high) || 1) / 10;
  return direction === 'minimize' ? high + margin : low - margin;
}
