const FLOOR = -0.1;
const CEILING = 1;

/** A family for every resample: the mean of its tasks, clipped as in quality; a task that failed has the floor. */
export function familyScores(tasks: readonly (Float64Array | null)[], count: number): Float64Array {
  const sum = new Float64Array(count);
  for (const scores of tasks)
    for (let k = 0; k < count; k++) sum[k]! += Math.min(CEILING, Math.max(FLOOR, scores?.[k] ?? FLOOR));
  return sum.map((value) => value / tasks.length);
}
