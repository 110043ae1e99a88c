import { unpairedGap, type Estimated } from '@asterism/scores/verdicts';
import type { Direction, Interval } from '../api/types';

export type Verdict = 'better' | 'worse' | 'equal' | 'cannot tell';

export interface Measured {
  readonly value: number | null | undefined;
  readonly interval?: Interval | null | undefined;
}

/**
 * Is `a` better than `b`, by their intervals alone, as if independent (`unpairedGap`)? The comparison of candidates pairs
 * test items and seeds and may tell more. Exact metrics (parameters, cache) have no interval and compare as numbers.
 */
export function verdict(a: Measured, b: Measured, direction: Direction): Verdict {
  const [x, y] = [estimated(a), estimated(b)];
  if (x === null || y === null) return 'cannot tell';
  if (x.value === y.value && isExact(a) && isExact(b)) return 'equal';
  const { verdict: more } = unpairedGap(x, y);
  return more === 'cannot tell' || direction === 'maximize' ? more : OPPOSITE[more];
}

const OPPOSITE = { better: 'worse', worse: 'better' } as const;

function estimated({ value, interval }: Measured): Estimated | null {
  const known = typeof value === 'number' && !Number.isNaN(value) && !interval?.some(Number.isNaN);
  return known ? { value, interval } : null;
}

const isExact = ({ interval }: Measured): boolean => !interval || interval[0] === interval[1];

/** `58 % less`, `1.4× as much`, `same`: how far apart two values of a cost are. */
export function difference(a: number, b: number): string {
  if (b === 0 || a === b) return a === b ? 'same' : '–';
  const ratio = a / b;
  if (ratio > 2) return `${ratio.toPrecision(2)}×`;
  const percent = Math.abs(ratio - 1) * 100;
  const size = percent < 10 ? percent.toPrecision(2) : percent.toFixed(0);
  return `${size} % ${ratio < 1 ? 'less' : 'more'}`;
}
