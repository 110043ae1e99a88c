import { Archive, hypervolume, nonDominated } from '@asterism/pareto';
import { fromBits } from './bits';
import { isFeasible } from './fold';
import type { Objective } from './resolved';
import type { Candidate, SearchState } from './state';
import { minimised, pointOf } from './values';

type Directed = Pick<Objective, 'metric' | 'direction'>;

/** The items that no other dominates in the chosen objectives; infeasible ones and ones without a value stay out. */
export function frontOf<
  T extends { readonly values: Readonly<Record<string, number>>; readonly feasible: boolean },
>(items: readonly T[], objectives: readonly Directed[]): readonly T[] {
  const placed = items.flatMap((item) => {
    const point = item.feasible ? pointOf(objectives, item.values) : undefined;
    return point ? [{ item, point }] : [];
  });
  return nonDominated(placed, ({ point }) => point).map(({ item }) => item);
}

/** The front of the log, in the search's own objectives. */
export function front(state: SearchState): readonly Candidate[] {
  return nonDominated(state.candidates.filter(isFeasible), ({ point }) => point!);
}

export interface HypervolumePoint {
  /** The result after which it holds. */
  readonly n: number;
  /** Null until the reference point is fixed, then for all results from the first. */
  readonly hypervolume: number | null;
}

/** Hypervolume after each admitted result; 1 is the box between the best of the initial design and the reference. */
export function hypervolumeHistory(state: SearchState): readonly HypervolumePoint[] {
  const scale = scaling(state);
  const zeros = state.search.objectives.map(() => 0);
  let archive = Archive.empty<number>();
  let value = 0;
  return state.candidates.slice(0, state.admitted).map((candidate) => {
    if (!scale) return { n: candidate.n, hypervolume: null };
    const grown = isFeasible(candidate) ? archive.insert(candidate.n, scale(candidate.point!)) : archive;
    // Only a new member of the front changes the volume.
    if (grown !== archive)
      value = hypervolume(
        grown.entries.map(({ point }) => point),
        zeros,
      );
    archive = grown;
    return { n: candidate.n, hypervolume: value };
  });
}

/** Minimised points to units in which the reference is 0 and the best of the initial design −1. */
function scaling({
  search,
  scales,
}: SearchState): ((point: readonly number[]) => readonly number[]) | undefined {
  if (!scales) return undefined;
  const reference = search.objectives.map(({ metric, direction }) =>
    minimised(direction, fromBits(scales.reference[metric]!)),
  );
  const unit = search.objectives.map(({ metric }) => fromBits(scales.scale[metric]!));
  return (point) => point.map((value, i) => (value - reference[i]!) / unit[i]!);
}

/** Reference point in the objectives' own units, once it is fixed. */
export function referencePoint({ scales }: SearchState): Readonly<Record<string, number>> | undefined {
  return (
    scales &&
    Object.fromEntries(Object.entries(scales.reference).map(([metric, bits]) => [metric, fromBits(bits)]))
  );
}
