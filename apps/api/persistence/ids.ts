import { randomBytes } from 'node:crypto';

const ALPHABET = '0123456789abcdefghjkmnpqrstvwxyz';

function encode(value: bigint, digits: number): string {
  let text = '';
  for (let rest = value; text.length < digits; rest >>= 5n) text = ALPHABET[Number(rest & 31n)]! + text;
  return text;
}

let last = { time: 0, random: 0n };

/** ULID in lower case (48 bits of milliseconds, 80 random bits), rising within one process even inside a millisecond. */
export function newId(prefix: 'srch' | 'cand' | 'eval' | 'prof' | 'wrk' | 'tok' | 'art'): string {
  const time = Math.max(Date.now(), last.time);
  const random = time === last.time ? last.random + 1n : BigInt(`0x${randomBytes(10).toString('hex')}`) >> 1n;
  last = { time, random };
  return `${prefix}_${encode(BigInt(time), 10)}${encode(random, 16)}`;
}
