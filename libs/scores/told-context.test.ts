import fc from 'fast-check';
import { effectiveContext, type Point } from './effective-context';
import { proportion95 } from './proportion';
import { toldContext } from './told-context';

const ANSWERS = 832;
const at = (length: number, accuracy: number, more: Partial<Point> = {}): Point => {
  const [low, high] = proportion95(accuracy, ANSWERS);
  return { length, accuracy, chance: 0.1, tasks: ['niah', 'words'], low, high, ...more };
};
const told = (...points: Point[]) => toldContext(effectiveContext(points)!);

test('the same tasks, answered above chance: both criteria are told', () => {
  expect(told(at(128, 0.95), at(256, 0.9), at(512, 0.82), at(1024, 0.6))).toEqual({
    absolute: 256,
    relative: 512,
  });
});

test('points of other tasks give no length, and the text counts the tasks', () => {
  const { absolute, relative, why } = told(at(64, 0.95), at(128, 0.9, { tasks: ['niah', 'words', 'chain'] }));
  expect([absolute, relative]).toEqual([null, null]);
  expect(why).toMatch(/other tasks \(2 at 64, 3 at 128\)/);
});

test('one length holds nothing', () =>
  expect(told(at(128, 0.99))).toMatchObject({ absolute: null, relative: null }));

test('who guesses keeps nothing, though 0.85 of chance is kept everywhere', () => {
  const guessed = told(at(128, 0.11), at(256, 0.1), at(512, 0.12));
  expect(effectiveContext([at(128, 0.11), at(512, 0.12)])?.relative).toBe(512);
  expect(guessed).toMatchObject({ relative: 0, why: 'its score at 128 tokens is not above chance' });
});

test('a length whose own score is chance is not kept, near as the shortest may be', () => {
  expect(told(at(128, 0.13), at(256, 0.125), at(512, 0.115))).toMatchObject({ relative: 256 });
});

test('without an interval or a chance level the share is not told, the threshold is', () => {
  for (const unknown of [{ low: undefined }, { chance: null }])
    expect(told(at(128, 0.95, unknown), at(256, 0.9, unknown))).toMatchObject({
      absolute: 256,
      relative: null,
    });
});

test('laws: nothing is told that the curve alone would not give, and nothing of who is never above chance', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 1, max: 9999 }), { minLength: 2, maxLength: 6 }),
      fc.array(unit, { minLength: 6, maxLength: 6 }),
      (lengths, scores) => {
        const points = lengths.map((length, i) => at(length, scores[i]!));
        const curve = effectiveContext(points)!;
        const found = toldContext(curve);
        expect(found.absolute).toBe(curve.absolute);
        expect(found.relative).toBeLessThanOrEqual(curve.relative);
        const guessing = points.map((point) => ({ ...point, chance: point.accuracy }));
        expect(toldContext(effectiveContext(guessing)!).relative).toBe(0);
      },
    ),
  );
});

test('reference: Wilson for 15 of 20 is 0.531 to 0.888, and a full house has a width', () => {
  const [low, high] = proportion95(0.75, 20);
  expect([low, high].map((edge) => Number(edge.toFixed(3)))).toEqual([0.531, 0.888]);
  expect(proportion95(1, 20)[0]).toBeCloseTo(0.839, 3);
  for (const count of [1, 20, 44, 832]) {
    expect(proportion95(0, count)[0]).toBe(0);
    expect(proportion95(1, count)[1]).toBe(1);
  }
});
