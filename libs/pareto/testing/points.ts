import fc from 'fast-check';
import type { Point } from '../index';

/** Points on a coarse grid, so that ties and duplicates are common, or anywhere in [0, 1]. */
export function somePoints(maxLength = 12): fc.Arbitrary<{ points: Point[]; reference: Point }> {
  const coordinate = fc.constantFrom(fc.nat(4), fc.double({ min: 0, max: 1, noNaN: true }));
  return fc.tuple(fc.integer({ min: 1, max: 5 }), coordinate).chain(([m, value]) =>
    fc.record({
      points: fc.array(fc.array(value, { minLength: m, maxLength: m }), { minLength: 1, maxLength }),
      reference: fc.constant(new Array<number>(m).fill(3.5)),
    }),
  );
}

/** A permutation that depends on the seed only, and where each point came from. */
export function permuted(points: readonly Point[], seed: number): { order: number[]; result: Point[] } {
  const keyOf = (i: number): number => ((i + 1) * 2654435761 * ((seed % 9973) + 1)) % 4294967291;
  const order = points.map((_, i) => i).sort((a, b) => keyOf(a) - keyOf(b));
  return { order, result: order.map((i) => points[i]!) };
}
