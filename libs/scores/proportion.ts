import { normal95 } from './quantiles';

/** 95 % interval of a share of `count` independent answers (Wilson 1927): inside [0, 1], and not of no width at its ends. */
export function proportion95(share: number, count: number): readonly [low: number, high: number] {
  const z2 = normal95 ** 2 / count;
  const middle = (share + z2 / 2) / (1 + z2);
  const half = (normal95 / (1 + z2)) * Math.sqrt((share * (1 - share)) / count + z2 / (4 * count));
  // At its ends the interval begins there, which rounding misses by 1e-17.
  return [share === 0 ? 0 : middle - half, share === 1 ? 1 : middle + half];
}
