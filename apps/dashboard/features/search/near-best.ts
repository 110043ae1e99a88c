import type { Objective } from '../../shared/api/types';
import { verdict } from '../../shared/logic/verdict';
import type { PlotPoint } from './points';

/** For each metric, the finished candidates that cannot be told from the best (and the best itself). */
export function nearBest(
  points: readonly PlotPoint[],
  objectives: readonly Objective[],
): ReadonlyMap<string, ReadonlySet<number>> {
  const finished = points.filter((p) => p.state === 'finished');
  return new Map(
    objectives.map(({ metric, direction }) => {
      const known = finished.filter((p) => p.value(metric) !== null);
      const sign = direction === 'maximize' ? 1 : -1;
      const best = known.reduce<PlotPoint | null>(
        (top, p) => (top === null || sign * (p.value(metric)! - top.value(metric)!) > 0 ? p : top),
        null,
      );
      const near = known.filter((p) => best !== null && !isClear(best, p, metric, direction));
      return [metric, new Set(near.map((p) => p.n))];
    }),
  );
}

function isClear(
  best: PlotPoint,
  other: PlotPoint,
  metric: string,
  direction: Objective['direction'],
): boolean {
  const measured = (p: PlotPoint) => ({ value: p.value(metric), interval: p.interval(metric) });
  return best !== other && verdict(measured(best), measured(other), direction) === 'better';
}
