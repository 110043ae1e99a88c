export interface SampleSeries {
  readonly name: string;
  readonly values: readonly number[];
}

const DEEPEST = 6;

/** Every list of numbers in a samples artifact, named by its path: protocols may add series without asking this page. */
export function readSamples(json: unknown): readonly SampleSeries[] {
  return walk(json, [], 0);
}

function walk(value: unknown, path: readonly string[], depth: number): readonly SampleSeries[] {
  if (depth > DEEPEST || value === null || typeof value !== 'object') return [];
  if (Array.isArray(value) && value.length > 0 && value.every((v) => typeof v === 'number')) {
    return [{ name: path.join(' · '), values: value }];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    walk(inner, path.length === 0 && key === 'samples' ? path : [...path, key], depth + 1),
  );
}

export interface Summary {
  readonly low: number;
  readonly p50: number;
  readonly p95: number;
  readonly high: number;
}

/** Order statistics by the nearest rank, as the profile's own p50 and p95. */
export function summarise(values: readonly number[]): Summary {
  const sorted = [...values].sort((a, b) => a - b);
  const rank = (q: number) => sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)]!;
  return { low: sorted[0]!, p50: rank(0.5), p95: rank(0.95), high: sorted.at(-1)! };
}
