import fc from 'fast-check';
import { createHash } from 'node:crypto';
import { at, bits64, chance, child, integer, pick, shuffle, uniform, type Key } from './index';

const key = (over: Partial<Key> = {}): Key => ({ seed: 7, decision: 3, purpose: 'parent', ...over });
const someKey = fc.record({
  seed: fc.maxSafeInteger(),
  decision: fc.nat(),
  purpose: fc.string(),
  index: fc.nat(),
});
const draws = (k: Key, n: number): number[] => Array.from({ length: n }, (_, i) => uniform(at(k, i)));

/** Correlation of two equally long series. */
function correlation(a: readonly number[], b: readonly number[]): number {
  const mean = (x: readonly number[]): number => x.reduce((s, v) => s + v, 0) / x.length;
  const [ma, mb] = [mean(a), mean(b)];
  const dot = (x: readonly number[], mx: number, y: readonly number[], my: number): number =>
    x.reduce((s, v, i) => s + (v - mx) * ((y[i] as number) - my), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}

describe('a random number', () => {
  it('is the documented function of its key', () => {
    const hash = createHash('sha256').update('asterism-random-1|7|3|5|parent').digest('hex');
    const bits = BigInt(`0x${hash.slice(0, 16)}`);
    expect(bits64(key({ index: 5 }))).toBe(bits);
    expect(uniform(key({ index: 5 }))).toBe(Number(bits >> 11n) * 2 ** -53);
  });

  it('keeps its published values', () => {
    expect(bits64({ seed: 0, decision: 0, purpose: '' }).toString(16)).toBe('1ab3e368c618c085');
    expect(shuffle(key(), [0, 1, 2, 3, 4, 5, 6, 7])).toEqual([4, 1, 0, 7, 2, 3, 5, 6]);
  });

  it('is the same each time and lies in [0, 1)', () => {
    fc.assert(
      fc.property(someKey, (k) => {
        const u = uniform(k);
        expect(u).toBe(uniform({ ...k }));
        expect(u >= 0 && u < 1).toBe(true);
      }),
    );
  });

  it('differs between any two different keys', () => {
    fc.assert(
      fc.property(someKey, someKey, (a, b) => {
        fc.pre(JSON.stringify(Object.values(a)) !== JSON.stringify(Object.values(b)));
        expect(bits64(a)).not.toBe(bits64(b));
      }),
    );
  });

  it('refuses a key that is no whole number', () => {
    expect(() => uniform(key({ seed: 0.5 }))).toThrow(RangeError);
    expect(() => uniform(key({ decision: Number.NaN }))).toThrow(RangeError);
  });
});

describe('uniformity and independence', () => {
  const n = 20_000;

  it('fills 100 equal bins evenly (χ² with 99 degrees of freedom, p > 10⁻⁵)', () => {
    const bins = new Array<number>(100).fill(0);
    for (const u of draws(key(), n)) bins[Math.floor(u * 100)] = (bins[Math.floor(u * 100)] as number) + 1;
    const chi2 = bins.reduce((s, b) => s + (b - n / 100) ** 2 / (n / 100), 0);
    expect(chi2).toBeLessThan(170);
    expect(chi2).toBeGreaterThan(45);
  });

  it.each([
    ['purposes', key({ purpose: 'a' }), key({ purpose: 'b' })],
    ['seeds', key({ seed: 1 }), key({ seed: 2 })],
    ['decisions', key({ decision: 1 }), key({ decision: 2 })],
    ['a purpose and its child', key(), child(key(), 'parent')],
  ])('does not correlate between %s (|r| < 5/√n)', (_, a, b) => {
    expect(Math.abs(correlation(draws(a, n), draws(b, n)))).toBeLessThan(5 / Math.sqrt(n));
  });

  it('does not correlate with the next draw', () => {
    const all = draws(key(), n + 1);
    expect(Math.abs(correlation(all.slice(0, n), all.slice(1)))).toBeLessThan(5 / Math.sqrt(n));
  });
});

describe('choices', () => {
  it('integer stays in range for every n', () => {
    fc.assert(
      fc.property(someKey, fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }), (k, n) => {
        const i = integer(k, n);
        expect(Number.isSafeInteger(i) && i >= 0 && i < n).toBe(true);
      }),
    );
    expect(() => integer(key(), 0)).toThrow(RangeError);
  });

  it('chance keeps its probability', () => {
    const hits = Array.from({ length: 10_000 }, (_, i) => chance(at(key(), i), 0.1)).filter(Boolean).length;
    expect(hits).toBeGreaterThan(850);
    expect(hits).toBeLessThan(1150);
  });

  it('pick takes a member, and refuses an empty list', () => {
    fc.assert(
      fc.property(someKey, fc.array(fc.string(), { minLength: 1 }), (k, xs) => xs.includes(pick(k, xs))),
    );
    expect(() => pick(key(), [])).toThrow(/nothing to pick/);
  });

  it('shuffle permutes, and every order is equally likely', () => {
    fc.assert(
      fc.property(someKey, fc.array(fc.nat()), (k, xs) => {
        const before = [...xs];
        expect(shuffle(k, xs).sort((a, b) => a - b)).toEqual([...xs].sort((a, b) => a - b));
        expect(xs).toEqual(before);
      }),
    );
    const counts = new Map<string, number>();
    for (let i = 0; i < 6000; i++) {
      const order = shuffle(at(key(), i), ['a', 'b', 'c']).join('');
      counts.set(order, (counts.get(order) ?? 0) + 1);
    }
    expect(counts.size).toBe(6);
    for (const count of counts.values()) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});
