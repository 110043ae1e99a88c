import { inNode } from './module';

interface Row {
  readonly n: number;
  readonly name: string | null;
  readonly origin: string;
  readonly onFront: boolean;
  readonly apart?: string;
  readonly quality: readonly [number, number];
  readonly cache: number;
}

const objectives = [
  { metric: 'quality', direction: 'maximize', unit: '1' },
  { metric: 'cacheBytes/ctx4096', direction: 'minimize', unit: 'bytes' },
];

const row = ({ n, name, origin, onFront, apart, quality: [value, half], cache }: Row): object => ({
  ...{ n, name, origin, onFront, code: 'conv3 · swiglu', apart, state: 'finished' },
  values: { quality: value, 'cacheBytes/ctx4096': cache },
  intervals: { quality: [value - half, value + half] },
});

const baseline = row({
  n: 3,
  name: 'transformer-pp',
  origin: 'baseline',
  onFront: false,
  quality: [0.6, 0.03],
  cache: 1_000_000,
});
const words = (front: readonly object[], rows: readonly object[]): string[] =>
  inNode(`import { frontInWords } from './scripts/start/words.mjs';
    result = frontInWords(${JSON.stringify(front)}, ${JSON.stringify(rows)}, ${JSON.stringify(objectives)});`);

describe('the front in words', () => {
  it('calls a difference inside the noise the same, and an exact saving a saving', () => {
    const lean = row({
      n: 7,
      name: null,
      origin: 'variation',
      onFront: true,
      quality: [0.58, 0.03],
      cache: 420_000,
    });
    expect(words([lean], [baseline, lean])).toEqual([
      '#7 conv3 · swiglu: same quality as transformer-pp within noise, 58 % less cache.',
      'transformer-pp is not on the front: something found is at least as good in every respect.',
    ]);
  });

  it('says what tells two of one code apart', () => {
    const narrow = row({
      n: 7,
      name: null,
      origin: 'variation',
      onFront: true,
      apart: 'swiglu hidden 1792',
      quality: [0.58, 0.03],
      cache: 420_000,
    });
    expect(words([narrow], [baseline, narrow])[0]).toMatch(
      /^#7 conv3 · swiglu {swiglu hidden 1792}: same quality/,
    );
  });

  it('says how much is lost where the difference is larger than the noise', () => {
    const poor = row({
      n: 8,
      name: null,
      origin: 'random',
      onFront: true,
      quality: [0.4, 0.03],
      cache: 100_000,
    });
    expect(words([poor, baseline], [baseline, poor])).toEqual([
      '#8 conv3 · swiglu: 0.200 less quality, 90 % less cache.',
      'transformer-pp is itself on the front: nothing found is better in every respect.',
    ]);
  });

  it('compares with nothing when no baseline finished', () => {
    const alone = row({
      n: 1,
      name: 'lfm2',
      origin: 'start',
      onFront: true,
      quality: [0.5, 0.02],
      cache: 2_000_000,
    });
    expect(words([alone], [alone])).toEqual([
      '#1 lfm2 (conv3 · swiglu): quality 0.500 (0.480 to 0.520), 2.0 MB kept between tokens at 4,096 tokens. On the front.',
      'No baseline finished, so there is nothing to compare with.',
    ]);
  });
});

describe('a sentence about a candidate', () => {
  it('names the class of a failure', () => {
    const failed = {
      n: 4,
      name: null,
      code: 'gla',
      state: 'failed',
      class: 'diverged',
      values: {},
      intervals: {},
    };
    const sentence = inNode<string>(
      `import { sentenceFor } from './scripts/start/words.mjs'; result = sentenceFor(${JSON.stringify(failed)}, []);`,
    );
    expect(sentence).toBe('#4 gla: gave no result (diverged).');
  });
});
