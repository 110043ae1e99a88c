import { normal95, student95 } from './quantiles';

/** Half of the 95 % interval that training seeds leave, and where it comes from. */
export interface SeedNoise {
  readonly from: 'pairs' | 'reference' | 'unknown';
  readonly half?: number;
}

/** From this many pairs on, their own spread is known better than that of other architectures. */
const ENOUGH_PAIRS = 3;

/**
 * Seed noise of a mean difference over replicates. Replicate k of both sides had the same initialisation seed and
 * the same data, so the pairing removes what they share. `sigma` is that of one training on the suite's reference
 * set, where it was measured: a difference of two has √2 of it.
 */
export function pairedNoise(differences: readonly number[], sigma?: number): SeedNoise {
  const n = differences.length;
  if (sigma !== undefined && n < ENOUGH_PAIRS)
    return { from: 'reference', half: normal95 * sigma * Math.sqrt(2 / n) };
  if (n < 2) return { from: 'unknown' };
  return { from: 'pairs', half: student95(n - 1) * Math.sqrt(variance(differences) / n) };
}

function variance(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}
