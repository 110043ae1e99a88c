import { normal95 } from './quantiles';

/** a − b with its 95 % interval; without one where the seeds' noise is unknown. */
export interface Gap {
  readonly difference: number;
  readonly low?: number;
  readonly high?: number;
  readonly verdict: 'better' | 'worse' | 'cannot tell';
}

export interface Noise {
  /** Standard error of the difference over test items. */
  readonly items: number;
  /** Half of the 95 % interval over training seeds; absent where it is unknown. */
  readonly seeds?: number | undefined;
}

/** Test items and training seeds are independent: their intervals add in squares. */
export function gapOf(difference: number, { items, seeds }: Noise): Gap {
  if (seeds === undefined) return { difference, verdict: 'cannot tell' };
  const half = Math.hypot(normal95 * items, seeds);
  const [low, high] = [difference - half, difference + half];
  return { difference, low, high, verdict: low > 0 ? 'better' : high < 0 ? 'worse' : 'cannot tell' };
}

/** A value with its 95 % interval; an exact one has none. */
export interface Estimated {
  readonly value: number;
  readonly interval?: readonly [low: number, high: number] | null | undefined;
}

/**
 * a − b where nothing but the two intervals is known: as if independent, the sides that face each other add in squares
 * (Zou and Donner 2008; halves of the widths where they are symmetric). Two intervals may overlap and still differ.
 */
export function unpairedGap(a: Estimated, b: Estimated): Gap {
  const [x, y] = [sides(a), sides(b)];
  const difference = a.value - b.value;
  const [low, high] = [difference - Math.hypot(x.below, y.above), difference + Math.hypot(x.above, y.below)];
  return { difference, low, high, verdict: low > 0 ? 'better' : high < 0 ? 'worse' : 'cannot tell' };
}

function sides({ value, interval }: Estimated): { readonly below: number; readonly above: number } {
  const [low, high] = interval ?? [value, value];
  return { below: Math.max(0, value - low), above: Math.max(0, high - value) };
}

/** How many of the gaps are decided either way, of how many, and how many would be if nothing differed. */
export interface Tally {
  readonly of: number;
  readonly better: number;
  readonly worse: number;
  /** Null where no gap has an interval: then none can be decided. */
  readonly byChance: number | null;
}

/** Nothing is corrected for asking often: 1 in 20 of the 95 % intervals lies beside 0 where nothing differs. */
export function tally(gaps: readonly (Gap | null)[]): Tally {
  const known = gaps.filter((gap) => gap !== null);
  const decided = (verdict: Gap['verdict']) => known.filter((gap) => gap.verdict === verdict).length;
  return {
    of: known.length,
    better: decided('better'),
    worse: decided('worse'),
    byChance: known.some(({ low }) => low !== undefined) ? Math.round(0.05 * known.length) : null,
  };
}
