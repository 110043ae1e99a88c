import fc from 'fast-check';
import { contextCurve, effectiveContext, type Marked, type Point } from './effective-context';
import cases from './testing/effective-length.json';

const points = (means: Readonly<Record<string, number>>): Point[] =>
  Object.entries(means).map(([length, accuracy]) => ({
    length: Number(length),
    accuracy,
    chance: null,
    tasks: ['niah'],
  }));

test.each(cases)("as the workers' effective_length: $means", ({ means, absolute, relative }) => {
  const given = Object.entries(means).flatMap(([length, mean]): [string, number][] =>
    mean === undefined ? [] : [[length, mean]],
  );
  expect(effectiveContext(points(Object.fromEntries(given)))).toMatchObject({ absolute, relative });
});

test('laws: order does not matter, both are lengths that were asked, and better answers never shorten the first', () => {
  const unit = fc.double({ min: 0, max: 1, noNaN: true });
  const curves = fc.dictionary(fc.integer({ min: 1, max: 9999 }).map(String), unit, {
    minKeys: 1,
    maxKeys: 8,
  });
  fc.assert(
    fc.property(curves, unit, (means, gain) => {
      const curve = points(means);
      const found = effectiveContext(curve)!;
      expect(effectiveContext(curve.toReversed())).toMatchObject({
        absolute: found.absolute,
        relative: found.relative,
      });
      const asked = [0, ...curve.map(({ length }) => length)];
      expect(asked).toContain(found.absolute);
      expect(asked).toContain(found.relative);
      const better = curve.map((point) => ({ ...point, accuracy: Math.max(point.accuracy, gain) }));
      expect(effectiveContext(better)!.absolute).toBeGreaterThanOrEqual(found.absolute);
    }),
  );
});

test('the curve reads the tasks in RULER’s forms, and says when lengths ask different ones', () => {
  const ruler = 'RULER, arXiv 2404.06654';
  const tasks = [
    { id: 'niah', source: ruler, length: 128 },
    { id: 'words', source: ruler, length: 128 },
    { id: 'failed', source: ruler, length: 128 },
    { id: 'niah@64', source: ruler, length: 64 },
    { id: 'words@64', source: ruler, length: 64 },
    { id: 'copy', source: 'Mistral', length: 32 },
  ];
  const marks: Readonly<Record<string, Marked>> = {
    niah: { accuracy: 0.9, chance: 0.1 },
    words: { accuracy: 0.7 },
    'niah@64': { accuracy: 1, chance: 0.05 },
    'words@64': { accuracy: 0.9, chance: 0.15 },
    copy: { accuracy: 0, chance: 0 },
  };
  const curve = contextCurve(tasks, (id) => marks[id]);
  expect(curve).toEqual([
    { length: 64, accuracy: 0.95, chance: 0.1, tasks: ['niah@64', 'words@64'] },
    { length: 128, accuracy: 0.8, chance: null, tasks: ['niah', 'words'] },
  ]);
  expect(effectiveContext(curve)).toMatchObject({ absolute: 64, relative: 64, sameTasks: true });
  expect(effectiveContext(contextCurve(tasks.slice(0, 4), (id) => marks[id]))?.sameTasks).toBe(false);
  expect(effectiveContext([])).toBeNull();
});
