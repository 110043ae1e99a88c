/** Two-sided 95 % quantiles of Student's t for 1…30 degrees of freedom (standard tables). */
const T_95 = [
  12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131,
  2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042,
] as const;
const T_95_NORMAL = 1.96;

export interface Paired {
  readonly pairs: number;
  /** Mean of a − b over replicates. */
  readonly difference: number;
  /** 95 % interval of the difference; absent with one pair, where seed noise is unknown. */
  readonly low?: number;
  readonly high?: number;
  readonly verdict: 'better' | 'worse' | 'cannot tell';
}

/**
 * Paired difference a − b over replicates: replicate k of both candidates had the same initialisation seed, the
 * same data and the same evaluation rows, so the pairing removes what they share.
 */
export function pairedDifference(a: readonly number[], b: readonly number[]): Paired {
  const differences = a.map((value, at) => value - (b[at] ?? NaN));
  const n = differences.length;
  const mean = differences.reduce((sum, value) => sum + value, 0) / n;
  if (n < 2) return { pairs: n, difference: mean, verdict: 'cannot tell' };
  const variance = differences.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (n - 1);
  const half = (T_95[n - 2] ?? T_95_NORMAL) * Math.sqrt(variance / n);
  const verdict = mean - half > 0 ? 'better' : mean + half < 0 ? 'worse' : 'cannot tell';
  return { pairs: n, difference: mean, low: mean - half, high: mean + half, verdict };
}
