import type { Objective } from '../../shared/api/types';
import { describeMetric } from '../../shared/logic/metrics';
import { withUnit } from '../../shared/logic/format';
import { verdict } from '../../shared/logic/verdict';
import { pointName, type PlotPoint } from './points';

export interface BestWords {
  readonly metric: string;
  readonly text: string;
}

const MOST_NAMED = 3;

/** The best of each objective in a sentence; whoever is within noise of it is named with it, never below it. */
export function bestWords(
  points: readonly PlotPoint[],
  objectives: readonly Objective[],
): readonly BestWords[] {
  return objectives.flatMap(({ metric, direction }) => {
    const known = points.filter((p) => p.state === 'finished' && p.value(metric) !== null);
    if (known.length === 0) return [];
    const sign = direction === 'maximize' ? -1 : 1;
    const ordered = [...known].sort((a, b) => sign * (a.value(metric)! - b.value(metric)!));
    const best = ordered[0]!;
    const near = ordered.slice(1).filter((p) => {
      const found = verdict(measured(best, metric), measured(p, metric), direction);
      return found === 'cannot tell' || found === 'equal';
    });
    const { short, unit } = describeMetric(metric);
    const head = `${short}: ${withUnit(best.value(metric), unit)} by ${pointName(best)}`;
    return [{ metric, text: near.length === 0 ? head : `${head}; cannot tell it from ${names(near)}` }];
  });
}

const measured = (point: PlotPoint, metric: string) => ({
  value: point.value(metric),
  interval: point.interval(metric),
});

function names(points: readonly PlotPoint[]): string {
  const shown = points.slice(0, MOST_NAMED).map(pointName);
  const more = points.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
