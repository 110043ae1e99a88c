import fc from 'fast-check';
import { pairedDifference } from './paired';

test('one pair never decides: the seed noise is unknown', () => {
  expect(pairedDifference([0.9], [0.1]).verdict).toBe('cannot tell');
});

test('reference: five pairs, t = 2.776', () => {
  const result = pairedDifference([0.5, 0.6, 0.55, 0.58, 0.61], [0.4, 0.52, 0.5, 0.45, 0.49]);
  expect(result.difference).toBeCloseTo(0.096, 10);
  expect(result.low).toBeCloseTo(0.05616, 4);
  expect(result.verdict).toBe('better');
});

test('swapping the sides mirrors the verdict, and equal results cannot be told apart', () => {
  const scores = fc.array(
    fc.tuple(fc.float({ min: 0, max: 1, noNaN: true }), fc.float({ min: 0, max: 1, noNaN: true })),
    {
      minLength: 2,
      maxLength: 8,
    },
  );
  fc.assert(
    fc.property(scores, (pairs) => {
      const a = pairs.map(([x]) => x);
      const b = pairs.map(([, y]) => y);
      const mirrored = { better: 'worse', worse: 'better', 'cannot tell': 'cannot tell' } as const;
      expect(pairedDifference(b, a).verdict).toBe(mirrored[pairedDifference(a, b).verdict]);
      expect(pairedDifference(a, a).verdict).toBe('cannot tell');
    }),
  );
});
