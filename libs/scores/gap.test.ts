import fc from 'fast-check';
import { gapOf } from './gap';
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
