import type { EvaluationScored, TaskColumn } from '@asterism/contracts';
import { differenceOf, type Side } from './differences';

const ROWS = 40;
const blend = { textFamilies: ['text'], textWeight: 0.2 };
/** Next to no noise of seeds, so that an interval is that of the rows. */
const sigmas = { quality: 1e-12, families: new Map([['recall', 1e-12]]), tasks: new Map() };
const columns = ['recall', 'state', 'text'].map(
  (family) => ({ id: family, family, counted: true }) as TaskColumn,
);

/** One training whose rows are hard or easy alike for everybody; `loss` is its part of the baseline's. */
function side(loss: number): Side {
  const baseline = Float64Array.from({ length: ROWS }, (_, row) => 1 + (row % 7));
  const nll = baseline.map((each, row) => each * loss * (row % 2 === 0 ? 1.3 : 0.7));
  const score = 1 - loss;
  const read = { score, low: score - 0.1, high: score + 0.1 };
  const outcome = {
    quality: { value: score, low: score - 0.1, high: score + 0.1 },
    families: Object.fromEntries(columns.map(({ family }) => [family, read])),
    tasks: columns.map(({ id, family }) => ({ id, family, n: ROWS, ...read })),
  } as unknown as EvaluationScored;
  const samples = new Map(columns.map(({ id }) => [id, { nll, baseline }]));
  return { results: new Map([[1, outcome]]), samples: new Map([[1, samples]]) };
}

test('quality is compared on the same rows, as families and tasks are', () => {
  const paired = differenceOf(side(0.5), side(0.51), columns, sigmas, blend);
  const apart = differenceOf(side(0.5), side(0.51), columns, sigmas);
  expect(paired.items).toBe('rows');
  const noise = (found: typeof paired): number => found.quality.high! - found.quality.low!;
  expect(paired.quality.difference).toBeCloseTo(0.01, 10);
  // Rows that are hard for one are hard for the other: little of an interval's width is left.
  expect(noise(paired)).toBeLessThan(noise(apart) / 20);
  const family = paired.families['recall']!;
  expect(noise(paired)).toBeCloseTo(family.high! - family.low!, 10);
});

test('text has its own weight in the noise of quality', () => {
  const without = (family: string): Side => {
    const made = side(0.5);
    const samples = new Map(made.samples.get(1));
    const { nll, baseline } = samples.get(family)!;
    samples.set(family, { nll: nll.map((each, row) => each * (row % 3 === 0 ? 0.5 : 1)), baseline });
    return { ...made, samples: new Map([[1, samples]]) };
  };
  const width = (family: string): number => {
    const { low, high } = differenceOf(without(family), side(0.5), columns, sigmas, blend).quality;
    return high! - low!;
  };
  expect(width('text') / width('state')).toBeCloseTo(0.2 / (0.8 / 2), 8);
});
