import { createHash } from 'node:crypto';
import { at, child, keyText, type Key } from './key';

/**
 * Algorithm `asterism-random-1`, so that another language can repeat it: SHA-256 over the UTF-8 text
 * `asterism-random-1|<seed>|<decision>|<index>|<purpose>` (numbers in decimal); the first eight bytes,
 * big-endian, are the 64 random bits; the upper 53 of them, times 2⁻⁵³, are the uniform number.
 * Only exact float operations follow, so every platform draws the same.
 */
export function bits64(key: Key): bigint {
  return digest(key).readBigUInt64BE(0);
}

/** Uniform on [0, 1): a multiple of 2⁻⁵³. */
export function uniform(key: Key): number {
  const bytes = digest(key);
  const upper = bytes.readUInt32BE(0);
  const lower = bytes.readUInt32BE(4) >>> 11;
  return (upper * 2 ** 21 + lower) * 2 ** -53;
}

/** A whole number in 0 … n−1; the bias is below n·2⁻⁵³. */
export function integer(key: Key, n: number): number {
  if (!Number.isSafeInteger(n) || n < 1)
    throw new RangeError(`integer(key, ${n}): n must be a whole number from 1`);
  return Math.floor(uniform(key) * n);
}

/** True with probability p. */
export function chance(key: Key, p: number): boolean {
  return uniform(key) < p;
}

/** One of the items, all equally likely. */
export function pick<T>(key: Key, items: readonly T[]): T {
  if (items.length === 0) throw new RangeError(`pick(${key.purpose}): nothing to pick from`);
  return items[integer(key, items.length)] as T;
}

/** The items in random order (Fisher–Yates); the given array stays as it is. */
export function shuffle<T>(key: Key, items: readonly T[]): T[] {
  const result = [...items];
  const draws = child(key, 'shuffle');
  for (let last = result.length - 1; last > 0; last--) {
    const other = integer(at(draws, last), last + 1);
    [result[last], result[other]] = [result[other] as T, result[last] as T];
  }
  return result;
}

function digest(key: Key): Buffer {
  return createHash('sha256').update(keyText(key)).digest();
}
