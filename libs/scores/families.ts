const FLOOR = -0.1;
const CEILING = 1;

/** As families and quality read a task: what never meets a task in training can miss it without any bound. */
export const clipped = (score: number): number => Math.min(CEILING, Math.max(FLOOR, score));

/** A family for every resample: the mean of its clipped tasks; a task that failed has the floor. */
export function familyScores(tasks: readonly (Float64Array | null)[], count: number): Float64Array {
  const sum = new Float64Array(count);
  for (const scores of tasks) for (let k = 0; k < count; k++) sum[k]! += clipped(scores?.[k] ?? FLOOR);
  return sum.map((value) => value / tasks.length);
}
