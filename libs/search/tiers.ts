export const tierNames = ['tiny', 'nano', 'xs'] as const;
export type TierName = (typeof tierNames)[number];

/** What a tier fixes: the trial size, the suite, and tokens and steps (never seconds). */
export interface Tier {
  readonly name: TierName;
  readonly width: number;
  readonly vocab: number;
  readonly repeats: number;
  readonly tiedEmbeddings: boolean;
  /** Longest training row, which windows and long kernels are scaled to. */
  readonly context: number;
  readonly suite: string;
  readonly suiteVersion: string;
  readonly steps: number;
  readonly tokensPerStep: number;
  readonly tokens: number;
  /** Fractions of the tokens at which a result is asked for. */
  readonly rungs: readonly number[];
  /** Core-seconds of one evaluation with two mixers, scoring included; for forecasts only. */
  readonly coreSeconds: number;
  /**
   * Standard deviation of quality between training seeds, in units of quality; 0 where none was measured. One
   * training cannot show it, and its interval over test items is ten times narrower.
   */
  readonly qualityNoise: number;
}

const trial = { width: 64, vocab: 512, repeats: 1, tiedEmbeddings: false, context: 128, rungs: [1] } as const;

/**
 * `tiny` is for tests of the machinery only; `nano` is the recipe of 2,048 steps × 1,024 tokens that was found to
 * separate operator families (2.1 M tokens, 45–87 core-seconds for two to four mixers). Trials are untied: a head
 * that starts at zero cannot be the embedding. `xs` trains ten times as long at twice the width on every task of
 * its suite with rows of up to 512 tokens: claims about architectures begin there.
 */
export const tiers: Readonly<Record<TierName, Tier>> = {
  tiny: {
    name: 'tiny',
    ...trial,
    width: 32,
    context: 64,
    suite: 'tiny-1',
    suiteVersion: '1',
    ...budget(16),
    coreSeconds: 2,
    qualityNoise: 0,
  },
  nano: {
    name: 'nano',
    ...trial,
    suite: 'nano-2',
    suiteVersion: '4',
    ...budget(2048),
    coreSeconds: 75,
    // Of twelve architectures with three seeds (bench/results/reference-nano-2.jsonl, docs/evaluation.md).
    qualityNoise: 0.014,
  },
  xs: {
    name: 'xs',
    ...trial,
    width: 128,
    context: 512,
    suite: 'xs-1',
    suiteVersion: '4',
    ...budget(5120, 4096),
    coreSeconds: 1010,
    // Of six architectures with two seeds (bench/results/reference-xs-1.jsonl, docs/evaluation.md).
    qualityNoise: 0.005,
  },
};

type Scoring = Pick<Tier, 'suite' | 'suiteVersion' | 'coreSeconds' | 'qualityNoise'>;

/** Suites that a tier can be asked for in place of its own: the same budget, other tasks. */
const otherSuites: Partial<Readonly<Record<TierName, readonly Scoring[]>>> = {
  // Pooled over seven architectures and three seeds of this suite (bench/results/nano-1.jsonl, docs/evaluation.md).
  nano: [{ suite: 'nano-1', suiteVersion: '2', coreSeconds: 60, qualityNoise: 0.042 }],
};

/** Names of the suites that a tier can be scored on, its own first. */
export function suitesOf(name: TierName): readonly string[] {
  return [tiers[name].suite, ...(otherSuites[name] ?? []).map(({ suite }) => suite)];
}

/** The tier, scored on `suite` when one is named; undefined when the tier has no such suite. */
export function tierWith(name: TierName, suite?: string): Tier | undefined {
  const own = tiers[name];
  if (suite === undefined || suite === own.suite) return own;
  const other = otherSuites[name]?.find((scoring) => scoring.suite === suite);
  return other && { ...own, ...other };
}

function budget(steps: number, tokensPerStep = 1024): Pick<Tier, 'steps' | 'tokensPerStep' | 'tokens'> {
  return { steps, tokensPerStep, tokens: steps * tokensPerStep };
}
