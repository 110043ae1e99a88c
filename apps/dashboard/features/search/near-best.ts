import type { Direction, Objective } from '../../shared/api/types';
import { verdict } from '../../shared/logic/verdict';
import type { PlotPoint } from './points';

/** The best finished candidate of a metric, and those that the two intervals alone do not tell from it, best first. */
export interface Near {
  readonly best: readonly PlotPoint[];
  readonly untold: readonly PlotPoint[];
}

export function nearOf(points: readonly PlotPoint[], metric: string, direction: Direction): Near {
  const sign = direction === 'maximize' ? -1 : 1;
  const [best, ...others] = points
    .filter((p) => p.state === 'finished' && p.value(metric) !== null)
    .sort((a, b) => sign * (a.value(metric)! - b.value(metric)!));
  if (best === undefined) return { best: [], untold: [] };
  const against = (other: PlotPoint) => verdict(measured(best, metric), measured(other, metric), direction);
  return {
    best: [best, ...others.filter((other) => against(other) === 'equal')],
    untold: others.filter((other) => against(other) === 'cannot tell'),
  };
}

const measured = (point: PlotPoint, metric: string) => ({
  value: point.value(metric),
  interval: point.interval(metric),
});

export type Mark = 'best' | 'untold';

/** For each metric, what is to be marked beside a candidate's value. */
export function nearBest(
  points: readonly PlotPoint[],
  objectives: readonly Objective[],
): ReadonlyMap<string, ReadonlyMap<number, Mark>> {
  return new Map(
    objectives.map(({ metric, direction }) => {
      const { best, untold } = nearOf(points, metric, direction);
      const marks = new Map<number, Mark>(untold.map(({ n }) => [n, 'untold']));
      for (const { n } of best) marks.set(n, 'best');
      return [metric, marks];
    }),
  );
}
