import { parseHex, writeHex } from './hex';
import type { Palette } from './palette';

/** Colour of a fraction 0..1 on the sequential scale (cividis, Nuñez et al. 2018, cut where paper would swallow it). */
export function rampColor(palette: Palette, fraction: number): string {
  const stops = [palette['ramp-0'], palette['ramp-1'], palette['ramp-2'], palette['ramp-3']].map(parseHex);
  const at = Math.min(Math.max(fraction, 0), 1) * (stops.length - 1);
  const from = Math.min(Math.floor(at), stops.length - 2);
  const mix = at - from;
  return writeHex(stops[from]!.map((channel, i) => channel + (stops[from + 1]![i]! - channel) * mix));
}

/** Where a value stands between the extremes, by logarithm where the values span more than a factor of twenty. */
export function fractionOf(values: readonly (number | null)[]): (value: number) => number {
  const known = values.filter((v): v is number => v !== null && Number.isFinite(v));
  const low = Math.min(...known);
  const high = Math.max(...known);
  if (known.length === 0 || low === high) return () => 0.5;
  if (wantsLog(known)) return (v) => Math.log(v / low) / Math.log(high / low);
  return (v) => (v - low) / (high - low);
}

const LOG_FROM_RATIO = 20;

export function wantsLog(values: readonly number[]): boolean {
  if (values.length < 2) return false;
  const low = Math.min(...values);
  return low > 0 && Math.max(...values) / low > LOG_FROM_RATIO;
}
