import fc from 'fast-check';
import {
  Archive,
  constrainedDominates,
  constrainedRanks,
  crowding,
  dominates,
  nonDominated,
  nonDominatedRanks,
  type Point,
} from './index';
import { permuted, somePoints } from './testing/points';

const bruteRanks = (points: readonly Point[]): number[] => {
  const ranks = new Array<number>(points.length).fill(-1);
  for (let rank = 0; ranks.includes(-1); rank++) {
    const left = points.map((_, i) => i).filter((i) => ranks[i] === -1);
    for (const i of left.filter((i) => !left.some((j) => dominates(points[j]!, points[i]!)))) ranks[i] = rank;
  }
  return ranks;
};

describe('dominance', () => {
  it('is irreflexive, asymmetric and transitive', () => {
    fc.assert(
      fc.property(
        fc.tuple(...Array.from({ length: 3 }, () => fc.array(fc.nat(3), { minLength: 3, maxLength: 3 }))),
        ([a, b, c]) => {
          expect(dominates(a!, a!)).toBe(false);
          expect(dominates(a!, b!) && dominates(b!, a!)).toBe(false);
          if (dominates(a!, b!) && dominates(b!, c!)) expect(dominates(a!, c!)).toBe(true);
        },
      ),
    );
  });

  it('refuses what no comparison can order', () => {
    expect(() => nonDominatedRanks([[0, Number.NaN]])).toThrow(/finite/);
    expect(() => nonDominatedRanks([[0, 1], [0]])).toThrow(/objectives/);
  });
});

describe('ranks', () => {
  it('equal repeated peeling', () => {
    fc.assert(
      fc.property(somePoints(), ({ points }) =>
        expect(nonDominatedRanks(points)).toEqual(bruteRanks(points)),
      ),
    );
  });

  it('leave nothing that dominates a point of the front', () => {
    fc.assert(
      fc.property(somePoints(), ({ points }) => {
        const front = nonDominated(points, (p) => p);
        expect(front.length).toBeGreaterThan(0);
        expect(front.some((p) => points.some((q) => dominates(q, p)))).toBe(false);
      }),
    );
  });

  it('and crowding follow the points through any permutation', () => {
    fc.assert(
      fc.property(somePoints(), fc.nat(), ({ points }, seed) => {
        const { order, result } = permuted(points, seed);
        for (const measure of [nonDominatedRanks, crowding]) {
          const before = measure(points);
          expect(measure(result)).toEqual(order.map((i) => before[i]));
        }
      }),
    );
  });
});

describe('crowding', () => {
  it('is what Deb et al. compute on a front of two objectives', () => {
    expect(
      crowding([
        [0, 4],
        [1, 2],
        [2, 1],
        [4, 0],
      ]),
    ).toEqual([Infinity, 2 / 4 + 3 / 4, 3 / 4 + 2 / 4, Infinity]);
  });

  it('is infinite for the best point of each objective', () => {
    fc.assert(
      fc.property(somePoints(), ({ points }) => {
        const distances = crowding(points);
        for (let m = 0; m < points[0]!.length; m++) {
          const best = Math.min(...points.map((p) => p[m]!));
          expect(points.some((p, i) => p[m] === best && distances[i] === Infinity)).toBe(true);
        }
      }),
    );
  });
});

describe('the archive', () => {
  it('holds what recomputation over everything inserted holds', () => {
    fc.assert(
      fc.property(somePoints(), ({ points }) => {
        const archive = points.reduce((a, p, i) => a.insert(i, p), Archive.empty<number>());
        const ranks = nonDominatedRanks(points);
        const expected = points.map((_, i) => i).filter((i) => ranks[i] === 0);
        expect(archive.entries.map((e) => e.id).sort((a, b) => a - b)).toEqual(expected);
      }),
    );
  });

  it('never changes an archive already handed out', () => {
    const one = Archive.empty<string>().insert('a', [2, 2]);
    const two = one.insert('b', [1, 1]);
    expect(one.entries.map((e) => e.id)).toEqual(['a']);
    expect(two.entries.map((e) => e.id)).toEqual(['b']);
    expect(two.insert('c', [3, 3])).toBe(two);
  });
});

describe('constrained dominance', () => {
  it('ranks like peeling by constrained dominance', () => {
    const someItems = somePoints().chain(({ points }) =>
      fc
        .array(fc.constantFrom(0, 0, 0.5, 2, Infinity), {
          minLength: points.length,
          maxLength: points.length,
        })
        .map((violations) => points.map((point, i) => ({ point, violation: violations[i]! }))),
    );
    fc.assert(
      fc.property(someItems, (items) => {
        const ranks = constrainedRanks(items);
        items.forEach((a, i) =>
          items.forEach((b, j) => {
            if (constrainedDominates(a, b)) expect(ranks[i]).toBeLessThan(ranks[j]!);
          }),
        );
        const lowest = items.filter((a) => !items.some((b) => constrainedDominates(b, a)));
        expect(items.filter((_, i) => ranks[i] === 0)).toEqual(lowest);
      }),
    );
  });
});
