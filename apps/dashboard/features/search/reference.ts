import type { SearchDetail } from '../../shared/api/types';

/** The search's reference point by metric, or nothing while it is not fixed. */
export function referenceOf(
  search: Pick<SearchDetail, 'resolved' | 'objectives'>,
): Readonly<Record<string, number>> | null {
  const point = search.resolved?.referencePoint;
  if (!point) return null;
  if (!Array.isArray(point)) return point as Readonly<Record<string, number>>;
  return Object.fromEntries(search.objectives.map((objective, i) => [objective.metric, point[i] as number]));
}
