import { toBits } from './bits';
import type { Scales } from './events';
import { isFeasible } from './fold';
import type { Candidate, SearchState } from './state';
import { minimised } from './values';

/** How far beyond the worst feasible value the reference point lies, as a share of the range seen. */
const MARGIN = 0.1;

/**
 * Reference point and scales, once the initial design is admitted and one candidate of it or after it is feasible:
 * the worst feasible value of each objective plus 10 % of the range (of the value, when all are equal), or the
 * user's; the scale is the distance from the best value to the reference.
 */
export function scalesOf({ search }: SearchState, admitted: readonly Candidate[]): Scales | undefined {
  const points = admitted.filter(isFeasible).map((candidate) => candidate.point!);
  if (admitted.length < search.initial || points.length === 0) return undefined;
  const scales = search.objectives.map(({ metric, direction }, i) => {
    const values = points.map((point) => point[i]!);
    const [best, worst] = [Math.min(...values), Math.max(...values)];
    const given = search.referencePoint?.[metric];
    const reference = given === undefined ? worst + marginOf(best, worst) : minimised(direction, given);
    return { metric, reference: minimised(direction, reference), scale: Math.abs(reference - best) || 1 };
  });
  return {
    reference: Object.fromEntries(scales.map(({ metric, reference }) => [metric, toBits(reference)])),
    scale: Object.fromEntries(scales.map(({ metric, scale }) => [metric, toBits(scale)])),
  };
}

function marginOf(best: number, worst: number): number {
  return MARGIN * (worst - best || Math.abs(worst) || 1);
}
