import fc from 'fast-check';
import { contributions, hypervolume, nonDominated, type Point } from './index';
import { permuted, somePoints } from './testing/points';
import fixture from './testing/moocore.json';

/** Inclusion–exclusion over all subsets: the definition, usable up to about twelve points. */
function byInclusionExclusion(points: readonly Point[], reference: Point): number {
  let sum = 0;
  for (let subset = 1; subset < 1 << points.length; subset++) {
    const members = points.filter((_, i) => subset & (1 << i));
    const corner = reference.map((_, m) => Math.max(...members.map((p) => p[m]!)));
    const box = corner.reduce((product, value, m) => product * Math.max(0, reference[m]! - value), 1);
    sum += members.length % 2 === 1 ? box : -box;
  }
  return sum;
}

const near = (value: number, expected: number): void =>
  expect(Math.abs(value - expected)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(expected)));

describe('hypervolume', () => {
  it('equals inclusion–exclusion, for one to five objectives', () => {
    fc.assert(
      fc.property(somePoints(8), ({ points, reference }) => {
        near(hypervolume(points, reference), byInclusionExclusion(points, reference));
      }),
      { numRuns: 300 },
    );
  });

  it('is bit-equal for every order of the points', () => {
    fc.assert(
      fc.property(somePoints(), fc.nat(), ({ points, reference }, seed) => {
        expect(hypervolume(permuted(points, seed).result, reference)).toBe(hypervolume(points, reference));
      }),
    );
  });

  it('depends on the front alone and never falls when a point is added', () => {
    fc.assert(
      fc.property(somePoints(), ({ points, reference }) => {
        const whole = hypervolume(points, reference);
        near(
          hypervolume(
            nonDominated(points, (p) => p),
            reference,
          ),
          whole,
        );
        expect(hypervolume(points.slice(1), reference)).toBeLessThanOrEqual(whole * (1 + 1e-12));
      }),
    );
  });

  it('counts nothing at or beyond the reference point', () => {
    expect(
      hypervolume(
        [
          [1, 0],
          [0, 1],
          [2, -5],
        ],
        [1, 1],
      ),
    ).toBe(0);
    expect(hypervolume([], [1, 1])).toBe(0);
    expect(() => hypervolume([[0, 0, 0]], [1, 1])).toThrow(/objectives/);
  });

  it.each(
    fixture.cases.map((c) => [`${c.points.length} points, ${c.reference.length} objectives`, c] as const),
  )('agrees with moocore: %s', (_, { points, reference, hypervolume: expected }) => {
    const value = hypervolume(points, reference);
    expect(Math.abs(value - expected) / expected).toBeLessThan(1e-12);
  });
});

describe('contributions', () => {
  it('are the loss when one point is left out', () => {
    fc.assert(
      fc.property(somePoints(), ({ points, reference }) => {
        const whole = hypervolume(points, reference);
        contributions(points, reference).forEach((contribution, i) => {
          near(
            contribution,
            whole -
              hypervolume(
                points.filter((_, j) => j !== i),
                reference,
              ),
          );
        });
      }),
    );
  });
});
