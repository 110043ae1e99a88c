import fc from 'fast-check';
import { gapOf, tally, unpairedGap, type Gap } from './gap';
import { pairedNoise } from './seed-noise';

const paired = (a: readonly number[], b: readonly number[]) => {
  const differences = a.map((value, at) => value - b[at]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return gapOf(mean, { items: 0, seeds: pairedNoise(differences).half });
};

test('one pair never decides while the seed noise is unknown; the reference set makes it known', () => {
  expect(paired([0.9], [0.1])).toEqual({ difference: 0.8, verdict: 'cannot tell' });
  expect(pairedNoise([0.8])).toEqual({ from: 'unknown' });
  const { from, half } = pairedNoise([0.8], 0.05);
  expect(from).toBe('reference');
  expect(half).toBeCloseTo(1.96 * 0.05 * Math.SQRT2, 12);
});

test('reference: five pairs, t = 2.776', () => {
  const result = paired([0.5, 0.6, 0.55, 0.58, 0.61], [0.4, 0.52, 0.5, 0.45, 0.49]);
  expect(result.difference).toBeCloseTo(0.096, 10);
  expect(result.low).toBeCloseTo(0.05616, 4);
  expect(result.verdict).toBe('better');
  expect(pairedNoise([0.1, 0.2, 0.3], 0.05).from).toBe('pairs');
});

test('items and seeds add in squares', () => {
  expect(gapOf(0.5, { items: 0.3 / 1.96, seeds: 0.4 })).toEqual({
    difference: 0.5,
    low: expect.closeTo(0, 12) as number,
    high: expect.closeTo(1, 12) as number,
    verdict: expect.any(String) as string,
  });
});

test('laws: swapping the sides mirrors the verdict, equals cannot be told apart, more noise decides less', () => {
  const score = fc.float({ min: 0, max: 1, noNaN: true });
  const scores = fc.array(fc.tuple(score, score), { minLength: 2, maxLength: 8 });
  const mirrored = { better: 'worse', worse: 'better', 'cannot tell': 'cannot tell' } as const;
  fc.assert(
    fc.property(scores, score, (pairs, items) => {
      const [a, b] = [pairs.map(([x]) => x), pairs.map(([, y]) => y)];
      expect(paired(b, a).verdict).toBe(mirrored[paired(a, b).verdict]);
      expect(paired(a, a).verdict).toBe('cannot tell');
      const quiet = gapOf(items, { items: 0.1, seeds: 0.1 });
      if (quiet.verdict === 'cannot tell')
        expect(gapOf(items, { items: 0.2, seeds: 0.1 }).verdict).toBe('cannot tell');
    }),
  );
});

test('unpaired: intervals that overlap may differ; halves of symmetric ones add in squares', () => {
  const gap = unpairedGap({ value: 0.6, interval: [0.57, 0.63] }, { value: 0.55, interval: [0.51, 0.59] });
  expect(gap.low).toBeCloseTo(0.05 - 0.05, 12);
  expect(gap.high).toBeCloseTo(0.1, 12);
  // 0.57 < 0.585: they overlap, and yet.
  expect(
    unpairedGap({ value: 0.6, interval: [0.57, 0.63] }, { value: 0.555, interval: [0.525, 0.585] }).verdict,
  ).toBe('better');
  expect(
    unpairedGap({ value: 0.6, interval: [0.57, 0.63] }, { value: 0.56, interval: [0.53, 0.59] }).verdict,
  ).toBe('cannot tell');
});

test('unpaired: only the sides that face each other count', () => {
  const lopsided = { value: 7.58, interval: [7.2, 9.5] } as const;
  expect(unpairedGap({ value: 8.2, interval: [8.1, 8.3] }, lopsided).verdict).toBe('cannot tell');
  expect(unpairedGap({ value: 7, interval: [6.9, 7.1] }, lopsided).verdict).toBe('worse');
});

test('unpaired: exact values compare as numbers', () => {
  expect(unpairedGap({ value: 3 }, { value: 2, interval: null }).verdict).toBe('better');
  expect(unpairedGap({ value: 2 }, { value: 2 }).verdict).toBe('cannot tell');
});

test('laws: unpaired gaps mirror, intervals that are apart are told, wider ones tell less', () => {
  const mirrored = { better: 'worse', worse: 'better', 'cannot tell': 'cannot tell' } as const;
  const size = fc.integer({ min: 0, max: 40 });
  const anEstimate = fc
    .tuple(fc.integer({ min: 0, max: 100 }), size, size)
    .map(([value, below, above]) => ({ value, interval: [value - below, value + above] as const }));
  fc.assert(
    fc.property(anEstimate, anEstimate, (a, b) => {
      const { verdict } = unpairedGap(a, b);
      expect(unpairedGap(b, a).verdict).toBe(mirrored[verdict]);
      if (a.interval[0] > b.interval[1]) expect(verdict).toBe('better');
      const wider = { value: a.value, interval: [a.interval[0] - 5, a.interval[1] + 5] as const };
      if (verdict === 'cannot tell') expect(unpairedGap(wider, b).verdict).toBe('cannot tell');
    }),
  );
});

test('a tally has its denominator, and what chance alone would give', () => {
  const gap = (verdict: Gap['verdict']): Gap => ({ difference: 0, low: 0, high: 0, verdict });
  const gaps = [...Array<Gap>(138).fill(gap('cannot tell')), ...Array<Gap>(5).fill(gap('better')), null];
  expect(tally(gaps)).toEqual({ of: 143, better: 5, worse: 0, byChance: 7 });
  expect(tally([{ difference: 0.3, verdict: 'cannot tell' }]).byChance).toBeNull();
});
