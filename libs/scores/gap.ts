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
