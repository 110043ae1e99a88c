import { contextShare, type Context, type Point } from './effective-context';

/** What a curve allows to be said of it: tokens, 0 where no length holds, null where nothing can be told. */
export interface ToldContext {
  readonly absolute: number | null;
  readonly relative: number | null;
  /** Why one of them is 0 or null although the curve alone would give a length. */
  readonly why?: string;
}

/**
 * The effective context that may be said. Points of different tasks differ in how hard those are, so they give no
 * length. A length keeps a share of the shortest one's score only where both scores are above chance: a model that
 * guesses keeps all of it everywhere.
 */
export function toldContext({ points, absolute, sameTasks }: Context): ToldContext {
  const untold = { absolute: null, relative: null };
  const sorted = points.toSorted((a, b) => a.length - b.length);
  const [shortest, ...longer] = sorted;
  if (shortest === undefined || longer.length === 0)
    return { ...untold, why: 'the suite asks at one length only' };
  if (!sameTasks)
    return {
      ...untold,
      why: `each length asks other tasks (${sorted.map(asked).join(', ')}), so a point also shows how hard its tasks are`,
    };
  const clear = aboveChance(shortest);
  if (clear === null)
    return {
      absolute,
      relative: null,
      why: `no interval or no chance level is known at ${shortest.length} tokens`,
    };
  if (!clear)
    return { absolute, relative: 0, why: `its score at ${shortest.length} tokens is not above chance` };
  const kept = sorted.filter(
    (p) => p.accuracy >= contextShare * shortest.accuracy && aboveChance(p) === true,
  );
  return { absolute, relative: Math.max(...kept.map(({ length }) => length)) };
}

const asked = ({ length, tasks }: Point): string => `${tasks.length} at ${length}`;

/** Whether chance lies below the whole interval; null where one of them is unknown. */
function aboveChance({ low, chance }: Point): boolean | null {
  return low === undefined || chance === null ? null : low > chance;
}
