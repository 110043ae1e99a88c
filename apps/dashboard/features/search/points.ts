import { pair } from '../../shared/api/outcomes';
import type { CandidatePoints, CandidateState, Interval, Origin } from '../../shared/api/types';

/** One candidate as the charts read it. */
export interface PlotPoint {
  readonly n: number;
  readonly id: string;
  readonly name: string | null;
  readonly origin: Origin;
  readonly state: CandidateState;
  readonly onFront: boolean;
  readonly confirmed: boolean;
  readonly value: (metric: string) => number | null;
  readonly interval: (metric: string) => Interval | null;
}

export function readPoints(columns: CandidatePoints): readonly PlotPoint[] {
  return columns.n.map((n, i) => ({
    n,
    id: columns.id[i]!,
    name: columns.name[i] ?? null,
    origin: columns.origin[i]!,
    state: columns.state[i]!,
    onFront: columns.onFront[i] ?? false,
    confirmed: columns.confirmed[i] ?? false,
    value: (metric) => columns.values[metric]?.[i] ?? null,
    interval: (metric) => pair(columns.intervals[metric]?.[i]),
  }));
}

/** Points that have a value for every metric asked for: the others have no place in a plot. */
export function withValues(points: readonly PlotPoint[], metrics: readonly string[]): readonly PlotPoint[] {
  return points.filter((point) => metrics.every((metric) => point.value(metric) !== null));
}

export function pointName(point: Pick<PlotPoint, 'n' | 'name'>): string {
  return point.name === null ? `#${point.n}` : `#${point.n} ${point.name}`;
}

/** A start or a baseline is drawn with its name, always. */
export function isNamed(point: PlotPoint): boolean {
  return point.origin === 'start' || point.origin === 'baseline';
}
