import fc from 'fast-check';
import { placesOn, spread } from './slopes';

test('an axis ends where values and intervals do, better up', () => {
  const [worst, best] = placesOn(
    {
      direction: 'maximize',
      values: [0.471, 0.624],
      intervals: [
        [0.435, 0.507],
        [0.588, 0.66],
      ],
    },
    0.06,
  );
  expect(worst!.low).toBe(0);
  expect(best!.high).toBe(1);
  expect(best!.at).toBeCloseTo((0.624 - 0.435) / (0.66 - 0.435), 12);
});

test('less is better: the least stands on top, and its interval is turned as well', () => {
  const [fast, slow] = placesOn({ direction: 'minimize', values: [2, 5], intervals: [[1, 3], null] }, 0.06);
  expect(fast).toMatchObject({ low: 0.5, high: 1 });
  expect(fast!.at).toBe(0.75);
  expect(slow).toMatchObject({ at: 0, low: 0, high: 0 });
});

test('exact values run from the worst to the best; equal ones stand in the middle', () => {
  const exact = placesOn({ direction: 'minimize', values: [33.6, 0.276, 8.4], intervals: [] }, 0.06);
  expect(exact.map(({ at }) => at).slice(0, 2)).toEqual([0, 1]);
  expect(
    placesOn({ direction: 'maximize', values: [3, 3], intervals: [] }, 0.06).map(({ at }) => at),
  ).toEqual([0.5, 0.5]);
});

test('labels that touch are pushed apart around their middle; the first of equals stands on top', () => {
  const [a, b] = spread([0.5, 0.5], 0.1);
  expect([a, b]).toEqual([expect.closeTo(0.55, 12), expect.closeTo(0.45, 12)]);
  expect(spread([0.2, 0.9], 0.1)).toEqual([0.2, expect.closeTo(0.9, 12)]);
});

test('laws: labels keep the order and the gap, and stay on the axis', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.array(unit, { minLength: 1, maxLength: 5 }), (positions) => {
      const gap = 0.07;
      const labels = spread(positions, gap);
      const sorted = [...labels].sort((x, y) => x - y);
      sorted.slice(1).forEach((label, i) => expect(label - sorted[i]!).toBeGreaterThanOrEqual(gap - 1e-9));
      for (const label of labels) {
        expect(label).toBeGreaterThanOrEqual(-1e-9);
        expect(label).toBeLessThanOrEqual(1 + 1e-9);
      }
      positions.forEach((x, i) =>
        positions.forEach((y, j) => {
          if (x > y) expect(labels[i]!).toBeGreaterThan(labels[j]!);
        }),
      );
    }),
  );
});
