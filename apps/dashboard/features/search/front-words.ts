import type { Objective } from '../../shared/api/types';
import { describeMetric, isPaired } from '../../shared/logic/metrics';
import { withUnit } from '../../shared/logic/format';
import { nearOf } from './near-best';
import { pointName, type PlotPoint } from './points';

export interface BestWords {
  readonly metric: string;
  readonly text: string;
}

const MOST_NAMED = 3;

/** The best of each objective in a sentence; whoever the intervals do not tell from it is named with it. */
export function bestWords(
  points: readonly PlotPoint[],
  objectives: readonly Objective[],
): readonly BestWords[] {
  return objectives.flatMap(({ metric, direction }) => {
    const { best, untold } = nearOf(points, metric, direction);
    const [first, ...equal] = best;
    if (first === undefined) return [];
    const { short, unit } = describeMetric(metric);
    const by = equal.length === 0 ? pointName(first) : names(best);
    const head = `${short}: ${withUnit(first.value(metric), unit)} by ${by}`;
    if (untold.length === 0) return [{ metric, text: head }];
    const how = isPaired(metric) ? ' without pairing' : '';
    return [{ metric, text: `${head}; cannot tell it from ${names(untold)}${how}` }];
  });
}

function names(points: readonly PlotPoint[]): string {
  const shown = points.slice(0, MOST_NAMED).map(pointName);
  const more = points.length - shown.length;
  return more > 0 ? `${shown.join(', ')} and ${more} more` : shown.join(', ');
}
