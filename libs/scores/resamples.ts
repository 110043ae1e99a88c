import { at, bits64, type Key } from '@asterism/random';

/** How often each test row counts: resample k of R rows at [k * rows, (k + 1) * rows). */
export interface Resamples {
  readonly rows: number;
  readonly count: number;
  readonly weights: Uint8Array;
}

/** One task's sums over each test row. */
export interface TaskRows {
  readonly nll: Float64Array;
  readonly baseline: Float64Array;
}

const COUNT = 1000;
const KEY: Key = { seed: 7, decision: 0, purpose: 'scores/rows' };
const known = new Map<number, Resamples>();

/** Rows drawn with replacement, the same for every task and candidate: what they share cancels in a difference. */
export function resamples(rows: number): Resamples {
  const found = known.get(rows) ?? draw(rows);
  known.set(rows, found);
  return found;
}

function draw(rows: number): Resamples {
  const weights = new Uint8Array(rows * COUNT);
  for (let k = 0; k < COUNT; k++) {
    const next = mulberry32(Number(bits64(at(KEY, k)) & 0xffffffffn));
    for (let row = 0; row < rows; row++) weights[k * rows + Math.floor(next() * rows)]!++;
  }
  return { rows, count: COUNT, weights };
}

/** Mulberry32 (Ettinger): hashing each of a hundred thousand draws would take a second. */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** 1 − NLL / baseline's NLL for every resample; one without any answer takes the score of all rows. */
export function scoresOf({ nll, baseline }: TaskRows, { rows, count, weights }: Resamples): Float64Array {
  const whole = 1 - total(nll) / total(baseline);
  return Float64Array.from({ length: count }, (_, k) => {
    let [spent, allowed] = [0, 0];
    for (let row = 0, from = k * rows; row < rows; row++) {
      const weight = weights[from + row]!;
      spent += weight * nll[row]!;
      allowed += weight * baseline[row]!;
    }
    return allowed > 0 ? 1 - spent / allowed : whole;
  });
}

const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);

/** Standard deviation over resamples: the standard error of what was resampled. */
export function spread(values: Float64Array): number {
  const mean = total(values) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
