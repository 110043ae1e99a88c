export interface SampleSeries {
  readonly name: string;
  readonly values: readonly number[];
}

const DEEPEST = 8;
const INDEX = /^\d+$/;

/**
 * Every list of numbers in a samples artifact, named by its path. Lists that differ only in the place of an
 * array (half rounds of one phase) are one series, in the order they were measured; protocols may add series
 * without asking this page.
 */
export function readSamples(json: unknown): readonly SampleSeries[] {
  const found = new Map<string, number[]>();
  for (const { path, values } of walk(json, [], 0)) {
    const name = path.filter((part) => !INDEX.test(part) && part !== 'samples').join(' · ');
    found.set(name, [...(found.get(name) ?? []), ...values]);
  }
  return [...found].map(([name, values]) => ({ name, values }));
}

interface Found {
  readonly path: readonly string[];
  readonly values: readonly number[];
}

function walk(value: unknown, path: readonly string[], depth: number): readonly Found[] {
  if (depth > DEEPEST || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number')) {
    return [{ path, values: value }];
  }
  return Object.entries(value).flatMap(([key, inner]) => walk(inner, [...path, key], depth + 1));
}

export interface Summary {
  readonly low: number;
  readonly p50: number;
  readonly p95: number;
  readonly high: number;
}

/** Order statistics by the nearest rank: values that were measured, nothing between. */
export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
  return { low: sorted[0]!, p50: rank(0.5), p95: rank(0.95), high: sorted.at(-1)! };
}
