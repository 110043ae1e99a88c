import fc from 'fast-check';
import { familyScores } from './families';
import { resamples, scoresOf, spread } from './resamples';

const rowsOf = (nll: readonly number[]) => ({
  nll: Float64Array.from(nll),
  baseline: new Float64Array(nll.length).fill(1),
});

test('a resample draws as many rows as there are, and is the same every time', () => {
  const { rows, count, weights } = resamples(40);
  for (let k = 0; k < count; k++)
    expect(weights.subarray(k * rows, (k + 1) * rows).reduce((sum, weight) => sum + weight, 0)).toBe(40);
  expect(resamples(40).weights).toBe(weights);
  expect(
    new Set(Array.from({ length: count }, (_, k) => weights.subarray(k * 40, k * 40 + 40).join())).size,
  ).toBe(count);
});

test('the spread is the standard error of a mean: σ / √rows within its own error', () => {
  const nll = Array.from({ length: 200 }, (_, row) => (row % 2 === 0 ? 0 : 1));
  // Of 1,000 resamples a standard deviation is known to 2.2 %; four of those.
  expect(spread(scoresOf(rowsOf(nll), resamples(200))) / (0.5 / Math.sqrt(200))).toBeCloseTo(1, 1);
});

test('laws: a difference of equals has no noise, what is constant over rows has none, signs mirror', () => {
  const values = fc.array(fc.double({ min: 0, max: 4, noNaN: true }), { minLength: 4, maxLength: 30 });
  fc.assert(
    fc.property(values, (nll) => {
      const drawn = resamples(nll.length);
      const scores = scoresOf(rowsOf(nll), drawn);
      expect(spread(scores.map((value) => value - value))).toBe(0);
      expect(spread(scoresOf(rowsOf(nll.map(() => 2)), drawn))).toBeCloseTo(0, 12);
      expect(spread(scores.map((value) => -value))).toBeCloseTo(spread(scores), 12);
      for (const value of scores) expect(value).toBeLessThanOrEqual(1);
    }),
    { numRuns: 20 },
  );
});

test('a family is the mean of its tasks, clipped as in quality; a failed task has the floor', () => {
  const one = Float64Array.of(0.5, 2, -3);
  expect([...familyScores([one], 3)]).toEqual([0.5, 1, -0.1]);
  expect([...familyScores([one, null], 3)]).toEqual([0.2, 0.45, -0.1]);
});
