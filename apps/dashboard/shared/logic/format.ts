const PREFIXES = [
  { at: 1e12, sign: 'T' },
  { at: 1e9, sign: 'G' },
  { at: 1e6, sign: 'M' },
  { at: 1e3, sign: 'k' },
  { at: 1, sign: '' },
] as const;

/** Three significant digits, no exponent between 0.0001 and a million, a true minus sign. */
export function significant(value: number, digits = 3): string {
  if (!Number.isFinite(value)) return '–';
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-4)
    return value
      .toExponential(digits - 1)
      .replace('e+', 'e')
      .replace('-', '−');
  const rounded = Number(value.toPrecision(digits));
  const whole = Math.floor(Math.log10(Math.abs(rounded))) + 1;
  const decimals = Math.max(0, digits - whole);
  return rounded.toFixed(Math.min(decimals, 8)).replace('-', '−');
}

export function integer(value: number): string {
  return Math.round(value).toLocaleString('en-GB').replace('-', '−');
}

export interface Scale {
  readonly divisor: number;
  /** Printed in the column's head or on the axis, once, so that the figures below compare by eye. */
  readonly unit: string;
}

/** One prefix for a whole column or axis, chosen so that its largest value reads 1–999. */
export function commonScale(values: readonly (number | null | undefined)[], unit: string): Scale {
  const sizes = values.filter((v): v is number => typeof v === 'number' && Number.isFinite(v)).map(Math.abs);
  // Rounded as it will be written: 999.9 M reads 1.00 G.
  const largest = sizes.length === 0 ? 0 : Number(Math.max(...sizes).toPrecision(3));
  if (unit === 'bytes') return prefixed(largest, 'B');
  if (unit === 'count') return prefixed(largest, '');
  if (unit === 'ms')
    return largest > 0 && largest < 0.1 ? { divisor: 1e-3, unit: 'µs' } : { divisor: 1, unit: 'ms' };
  return { divisor: 1, unit };
}

function prefixed(largest: number, base: string): Scale {
  const step = PREFIXES.find((prefix) => largest >= prefix.at) ?? PREFIXES[PREFIXES.length - 1]!;
  return { divisor: step.at, unit: step.sign + base };
}

/** A single value with its unit: `3.15 MB`, `0.512`, `7.34 M`. */
export function withUnit(value: number | null | undefined, unit: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const scale = commonScale([value], unit);
  const text = significant(value / scale.divisor);
  return scale.unit === '' ? text : `${text}\u00a0${scale.unit}`;
}

/** Off the middle of its interval by more than this share of half the width, a value's interval is lopsided. */
const LOPSIDED = 0.1;

/** Whether `value ± half the width` would misstate where the interval ends. */
export function isLopsided(value: number, [low, high]: readonly [number, number]): boolean {
  return Math.abs(value - (low + high) / 2) > (LOPSIDED * (high - low)) / 2;
}

/** An interval around its value, in the scale of its column: `±0.030`, or `7.20 to 9.50` where it is lopsided. */
export function around(
  value: number | null | undefined,
  interval: readonly [number, number] | null | undefined,
  divisor = 1,
): string {
  if (!interval || value === null || value === undefined) return '';
  const [low, high] = interval;
  if (isLopsided(value, interval)) return `${significant(low / divisor)} to ${significant(high / divisor)}`;
  return high === low ? '' : `±${significant((high - low) / 2 / divisor, 2)}`;
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || !Number.isFinite(seconds)) return '–';
  if (seconds < 10) return `${significant(seconds, 2)} s`;
  if (seconds < 90) return `${Math.round(seconds)} s`;
  if (seconds < 90 * 60) return `${Math.round(seconds / 60)} min`;
  const hours = seconds / 3600;
  return hours < 48 ? `${significant(hours, 2)} h` : `${significant(hours / 24, 2)} days`;
}

export function ago(iso: string | null | undefined, now: number): string {
  if (!iso) return '–';
  const seconds = Math.max(0, (now - Date.parse(iso)) / 1000);
  return seconds < 10 ? 'just now' : `${duration(seconds)} ago`;
}
