import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  dropped,
  encodeExamples,
  fitTo,
  lackOf,
  parseExample,
  userDataOf,
  type Example,
  type Fit,
  type UserKind,
} from '../index';

interface Case {
  readonly kind: UserKind;
  readonly examples: readonly Example[];
  readonly fits: Readonly<Record<string, Fit>>;
}

// The same file holds the worker to these numbers (workers/tests/test_user_tasks.py).
const file = resolve(__dirname, '../../../workers/tests/user_datasets.json');
const cases = JSON.parse(readFileSync(file, 'utf8')) as readonly Case[];

describe('facts of a dataset', () => {
  it.each(cases.map((one, at) => [at, one] as const))(
    'are those the worker finds (%#)',
    (_, { kind, examples, fits }) => {
      const read = examples.flatMap((json) => {
        const parsed = parseExample(kind, json);
        return parsed.ok ? [parsed.value] : [];
      });
      expect(read).toHaveLength(examples.length);
      const data = userDataOf(kind, read);
      for (const [limit, fit] of Object.entries(fits)) expect(fitTo(data, Number(limit))).toEqual(fit);
      expect(userDataOf(kind, [...read].reverse()).examples).toBe(data.examples);
    },
  );

  it('put a prompt into one split whatever its answers, and count repetitions once', () => {
    const pairs = Array.from({ length: 40 }, (_, n) => ({ prompt: 'always the same', answer: `${n}` }));
    const { examples, sizes } = userDataOf('pairs', [...pairs, ...pairs]);
    expect(examples).toBe(40);
    expect(Object.values(sizes).filter((each) => each.length > 0)).toHaveLength(1);
  });

  it('say what is missing, and how many are too long', () => {
    const pairs = Array.from({ length: 200 }, (_, n) => ({
      prompt: `${n}`,
      answer: n < 5 ? 'x'.repeat(600) : 'x',
    }));
    const data = userDataOf('pairs', pairs);
    expect(lackOf(data, 128)).toBeUndefined();
    expect(dropped(data, 128)).toBe(5);
    const lack = lackOf(userDataOf('pairs', pairs.slice(5, 25)), 128);
    expect(lack?.message).toMatch(/^20 of 20 pairs fit rows of 32 tokens: \d+ to train, \d+ to select/);
    expect(lack?.needed).toBe(
      '8 in each split: about 104 different prompts, prompt and answer of 30 bytes together at most',
    );
    const series = userDataOf('series', [{ name: 'a', values: pairs.map((_, n) => n) }]);
    expect(lackOf(series, 64)?.needed).toMatch(/one series of 395 numbers, or 60 series of 31/);
    expect(
      lackOf(userDataOf('series', [{ name: 'a', values: Array.from({ length: 395 }, () => 1) }]), 64),
    ).toBeUndefined();
  });
});

describe('an example', () => {
  it.each<[UserKind, unknown, string]>([
    ['pairs', { prompt: 'a' }, '/answer'],
    ['pairs', { prompt: 'a', answer: '' }, '/answer'],
    ['pairs', { prompt: 'a', answer: 'b', id: 1 }, '/id'],
    ['choices', { prompt: 'a', choices: ['b'], answer: 0 }, '/choices'],
    ['choices', { prompt: 'a', choices: ['b', 'b'], answer: 0 }, '/choices'],
    ['choices', { prompt: 'a', choices: ['b', 'c'], answer: 2 }, '/answer'],
    ['choices', { prompt: 'a', choices: ['b', 7], answer: 0 }, '/choices/1'],
    ['series', { name: 'a', values: [1, 'x'] }, '/values/1'],
    ['series', { name: 'a', values: [] }, '/values'],
    ['pairs', 7, ''],
  ])('of %s that is none is refused at its field (%#)', (kind, json, pointer) => {
    const parsed = parseExample(kind, json);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.pointer)).toContain(pointer);
  });

  it('is the same bytes in whatever order', () => {
    const pairs = ['b', 'a', 'c'].map((prompt) => ({ prompt, answer: 'x' }));
    expect(encodeExamples('pairs', [...pairs, pairs[0]!])).toBe(
      encodeExamples('pairs', [...pairs].reverse()),
    );
    expect(encodeExamples('pairs', pairs).split('\n')).toHaveLength(5);
  });
});
