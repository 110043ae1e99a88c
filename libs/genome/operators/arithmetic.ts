import type { Resizing } from './operator';

/** n scaled like the width, at least one; halves round up. */
export function widthCount(n: number, { width }: Resizing): number {
  return Math.max(1, Math.floor((2 * n * width.to + width.from) / (2 * width.from)));
}

/** A hidden width scaled like the width, in steps of 8 (whole vector registers), at least 8. */
export function widthHidden(n: number, by: Resizing): number {
  if (n === 0 || by.width.to === by.width.from) return n;
  return Math.max(8, 8 * Math.floor((n * by.width.to + 4 * by.width.from) / (8 * by.width.from)));
}

/**
 * A reach in tokens (window, long kernel) scaled like the context: it covers the new context exactly when it
 * covered the old one, else a search would pick windows that training never feels (fair-training §1.1).
 */
export function contextReach(n: number, { context }: Resizing): number {
  if (context.to === context.from) return n;
  const scaled = Math.floor((2 * n * context.to + context.from) / (2 * context.from));
  return n >= context.from ? Math.max(scaled, context.to) : Math.min(Math.max(8, scaled), context.to - 1);
}

/** The divisor of n nearest to the wanted number; the smaller on a tie. */
export function nearestDivisor(n: number, wanted: number): number {
  let best = 1;
  for (let d = 2; d <= n; d++) if (n % d === 0 && Math.abs(d - wanted) < Math.abs(best - wanted)) best = d;
  return best;
}

/** The positive multiple of step nearest to n that does not pass max. */
export function nearestMultiple(n: number, step: number, max: number): number {
  return step * Math.min(Math.max(1, Math.round(n / step)), Math.max(1, Math.floor(max / step)));
}

/**
 * RoPE base after a change of context so that slowest period / context is kept: the slowest of r rotary dimensions has
 * period 2π·θ^((r−2)/r), hence θ' = θ·ratio^(r/(r−2)), floored. Exact in integers, because θ enters hashes and
 * `Math.pow` differs between engines. At least 1,000 unless θ was smaller (fair-training §2).
 */
export function scaledTheta(theta: number, rotary: number, { context }: Resizing): number {
  if (theta === 0 || rotary <= 2 || context.to === context.from) return theta;
  const power = BigInt(rotary - 2);
  const target = BigInt(theta) ** power * BigInt(context.to) ** BigInt(rotary);
  const unit = BigInt(context.from) ** BigInt(rotary);
  let low = 0n;
  let high = MAX_THETA + 1n;
  while (high - low > 1n) {
    const middle = (low + high) / 2n;
    if (middle ** power * unit <= target) low = middle;
    else high = middle;
  }
  return Math.max(Number(low), Math.min(theta, 1000));
}

const MAX_THETA = 10n ** 12n;
