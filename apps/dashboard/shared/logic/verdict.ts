import type { Direction, Interval } from '../api/types';

export type Verdict = 'better' | 'worse' | 'equal' | 'cannot tell';

export interface Measured {
  readonly value: number | null | undefined;
  readonly interval?: Interval | null | undefined;
}

const span = ({ value, interval }: Measured): Interval =>
  interval ?? [value ?? Number.NaN, value ?? Number.NaN];

/**
 * Is `a` better than `b`? Intervals that overlap are noise, and noise is never called an order.
 * Exact metrics (parameters, cache) have no interval and compare as numbers.
 */
export function verdict(a: Measured, b: Measured, direction: Direction): Verdict {
  const [lowA, highA] = span(a);
  const [lowB, highB] = span(b);
  if ([lowA, highA, lowB, highB].some(Number.isNaN)) return 'cannot tell';
  if (lowA === highA && lowA === lowB && lowA === highB) return 'equal';
  if (lowA <= highB && lowB <= highA) return 'cannot tell';
  return lowA > highB === (direction === 'maximize') ? 'better' : 'worse';
}

/** `58 % less`, `1.4× as much`, `same`: how far apart two values of a cost are. */
export function difference(a: number, b: number): string {
  if (b === 0 || a === b) return a === b ? 'same' : '–';
  const ratio = a / b;
  if (ratio > 2) return `${ratio.toPrecision(2)}×`;
  const percent = Math.abs(ratio - 1) * 100;
  const size = percent < 10 ? percent.toPrecision(2) : percent.toFixed(0);
  return `${size} % ${ratio < 1 ? 'less' : 'more'}`;
}
