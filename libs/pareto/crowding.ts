import { assertPoints, compareLexicographically, type Point } from './dominance';

/**
 * Crowding distance within one front (Deb et al. 2002): per objective the gap between the two neighbours,
 * as a share of the front's range, summed; Infinity at an end. Equal points get equal values (computed once
 * per distinct point), so the result does not depend on the order of the input.
 */
export function crowding(points: readonly Point[]): number[] {
  assertPoints(points);
  const distinct = distinctPoints(points);
  const distance = new Map(distinct.map((point) => [point.join(), 0]));
  for (let objective = 0; objective < (points[0]?.length ?? 0); objective++) {
    addGaps(distinct, objective, distance);
  }
  return points.map((point) => distance.get(point.join())!);
}

function addGaps(distinct: readonly Point[], objective: number, distance: Map<string, number>): void {
  const value = (point: Point): number => point[objective] as number;
  const sorted = [...distinct].sort((a, b) => value(a) - value(b) || compareLexicographically(a, b));
  const range = value(sorted.at(-1)!) - value(sorted[0]!);
  sorted.forEach((point, i) => {
    const [before, after] = [sorted[i - 1], sorted[i + 1]];
    const gap = !before || !after ? Infinity : range === 0 ? 0 : (value(after) - value(before)) / range;
    distance.set(point.join(), distance.get(point.join())! + gap);
  });
}

function distinctPoints(points: readonly Point[]): Point[] {
  const seen = new Map(points.map((point) => [point.join(), point]));
  return [...seen.values()].sort(compareLexicographically);
}
