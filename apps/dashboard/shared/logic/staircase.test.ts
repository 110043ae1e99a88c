import fc from 'fast-check';
import { hypervolume, nonDominatedRanks } from '@asterism/pareto';
import { areaUnder, nonDominated, provisionalReference, staircase, type Point } from './staircase';

const points = fc.array(
  fc.record({ x: fc.integer({ min: 0, max: 20 }), y: fc.integer({ min: 0, max: 20 }) }),
  { minLength: 1, maxLength: 30 },
);
const direction = fc.constantFrom('minimize' as const, 'maximize' as const);
const key = (p: Point) => `${p.x},${p.y}`;

test('the front is the first rank of the engine', () => {
  fc.assert(
    fc.property(points, (all) => {
      const ranks = nonDominatedRanks(all.map((p) => [p.x, p.y]));
      const expected = new Set(all.filter((_, i) => ranks[i] === 0).map(key));
      expect(new Set(nonDominated(all, 'minimize', 'minimize').map(key))).toEqual(expected);
    }),
  );
});

test('the area under the staircase is the hypervolume of the engine', () => {
  fc.assert(
    fc.property(points, (all) => {
      const reference = { x: 15, y: 15 };
      const corners = staircase(all, 'minimize', 'minimize', reference);
      const expected = hypervolume(
        all.map((p) => [p.x, p.y]),
        [15, 15],
      );
      expect(areaUnder(corners, reference)).toBeCloseTo(expected, 9);
    }),
  );
});

test('turning an objective around mirrors the staircase', () => {
  fc.assert(
    fc.property(points, direction, (all, dy) => {
      const flipped = all.map((p) => ({ x: -p.x, y: p.y }));
      const one = staircase(all, 'minimize', dy, { x: 21, y: dy === 'minimize' ? 21 : -1 });
      const two = staircase(flipped, 'maximize', dy, { x: -21, y: dy === 'minimize' ? 21 : -1 });
      expect(two.map((p) => ({ x: -p.x + 0, y: p.y }))).toEqual(one.map((p) => ({ x: p.x + 0, y: p.y })));
    }),
  );
});

test('every step turns a right angle and ends at the reference', () => {
  const corners = staircase(
    [
      { x: 1, y: 5 },
      { x: 3, y: 2 },
    ],
    'minimize',
    'minimize',
    { x: 6, y: 8 },
  );
  expect(corners).toEqual([
    { x: 1, y: 8 },
    { x: 1, y: 5 },
    { x: 3, y: 5 },
    { x: 3, y: 2 },
    { x: 6, y: 2 },
  ]);
});

test('without a reference the plot ends a tenth beyond the worst', () => {
  const reference = provisionalReference(
    [
      { x: 0, y: 0 },
      { x: 10, y: 1 },
    ],
    'minimize',
    'maximize',
  );
  expect(reference).toEqual({ x: 11, y: -0.1 });
});
