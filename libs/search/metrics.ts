import { refuse, succeed, type Result } from '@asterism/genome';

export type Direction = 'minimize' | 'maximize';
/** Where a value comes from: computed by the engine, scored by a training, or measured on a target. */
export type MetricSource = 'estimate' | 'evaluation' | 'profile';

interface MetricKind {
  readonly source: MetricSource;
  readonly unit: string;
  /** Whether `/ctx<N>` belongs to the name. */
  readonly context: boolean;
  readonly meaning: string;
}

/** Metrics without a target: exact estimates of the deployment size, and quality of the trial size. */
export const plainMetrics: Readonly<Record<string, MetricKind>> = {
  quality: { source: 'evaluation', unit: '1', context: false, meaning: 'overall score Q of the trial size' },
  qualityWeighted: {
    source: 'evaluation',
    unit: '1',
    context: false,
    meaning: 'the same with tasks weighted by signal-to-noise, where the suite has weights',
  },
  guard: {
    source: 'evaluation',
    unit: '1',
    context: false,
    meaning: 'geometric mean of the families of Q with a floor: low where one family is',
  },
  params: { source: 'estimate', unit: 'parameters', context: false, meaning: 'all parameters' },
  paramsNonEmbedding: {
    source: 'estimate',
    unit: 'parameters',
    context: false,
    meaning: 'without embedding and head',
  },
  paramsActive: { source: 'estimate', unit: 'parameters', context: false, meaning: 'used by one token' },
  cacheBytes: { source: 'estimate', unit: 'B', context: true, meaning: 'all bytes kept between tokens' },
  stateBytes: { source: 'estimate', unit: 'B', context: false, meaning: 'the fixed share of the cache' },
  trainFlopsPerToken: {
    source: 'estimate',
    unit: 'FLOP',
    context: true,
    meaning: 'one training token in rows of N',
  },
  prefillFlopsPerToken: {
    source: 'estimate',
    unit: 'FLOP',
    context: true,
    meaning: 'one token of a prompt of N',
  },
  flopsPerToken: {
    source: 'estimate',
    unit: 'FLOP',
    context: true,
    meaning: 'decoding the token at position N',
  },
};

/** Metrics measured on a target; all need `/ctx<N>`. */
export const targetMetrics: Readonly<Record<string, MetricKind>> = {
  prefillMsP50: {
    source: 'profile',
    unit: 'ms',
    context: true,
    meaning: 'median time of a prompt of N tokens',
  },
  prefillMsP95: { source: 'profile', unit: 'ms', context: true, meaning: '95th percentile of the same' },
  decodeMsP50: {
    source: 'profile',
    unit: 'ms',
    context: true,
    meaning: 'median time of one token at depth N',
  },
  decodeMsP95: { source: 'profile', unit: 'ms', context: true, meaning: '95th percentile of the same' },
  decodeColdMsP50: {
    source: 'profile',
    unit: 'ms',
    context: true,
    meaning:
      'median time of one token at depth N whose weights and states are not in the cache of the processor',
  },
  decodeColdMsP95: { source: 'profile', unit: 'ms', context: true, meaning: '95th percentile of the same' },
  peakBytes: { source: 'profile', unit: 'B', context: true, meaning: 'peak memory at depth N' },
  cacheBytes: {
    source: 'profile',
    unit: 'B',
    context: true,
    meaning: 'bytes of the real cache tensors at depth N',
  },
};

/** Scores of one training: `tasks.<id>` and `families.<name>`, whose names are the suite's and the datasets'. */
const SCORED = /^(?<group>tasks|families)\.(?<id>[A-Za-z0-9][A-Za-z0-9:._-]{0,140})$/;
const scoredKind: MetricKind = {
  source: 'evaluation',
  unit: '1',
  context: false,
  meaning: 'score of one task, or of one family, at the trial size',
};

/** A parsed `name[@target][/ctxN]`. */
export interface Metric {
  /** The whole name as users write it. */
  readonly metric: string;
  readonly name: string;
  readonly target?: string;
  readonly context?: number;
  readonly source: MetricSource;
  readonly unit: string;
}

const GRAMMAR =
  /^(?<name>[A-Za-z][A-Za-z0-9]*)(?:@(?<target>[^/@\s]+\/[^/@\s]+\/[^/@\s]+))?(?:\/ctx(?<context>[1-9][0-9]{0,8}))?$/;

/** The task or family that a metric is the score of; undefined for all others. */
export function scoredBy(
  metric: string,
): { readonly group: 'tasks' | 'families'; readonly id: string } | undefined {
  const { group, id } = SCORED.exec(metric)?.groups ?? {};
  return id === undefined ? undefined : { group: group === 'tasks' ? 'tasks' : 'families', id };
}

/** Reads a metric's name; the problem says what would have been allowed. */
export function parseMetric(text: string, pointer = ''): Result<Metric> {
  if (scoredBy(text) !== undefined)
    return succeed({ metric: text, name: text, source: scoredKind.source, unit: scoredKind.unit });
  const { name, target, context } = GRAMMAR.exec(text)?.groups ?? {};
  const kinds = target === undefined ? plainMetrics : targetMetrics;
  const kind = name !== undefined && Object.hasOwn(kinds, name) ? kinds[name] : undefined;
  if (name === undefined || !kind || kind.context !== (context !== undefined)) {
    return refuse([
      { pointer, code: 'unknown-metric', message: wrong(text, name, kind), allowed: allowedMetrics() },
    ]);
  }
  const parts = {
    ...(target !== undefined && { target }),
    ...(context !== undefined && { context: Number(context) }),
  };
  return succeed({ metric: text, name, ...parts, source: kind.source, unit: kind.unit });
}

/** Every metric that can be asked for, in words. */
export function allowedMetrics(targets: readonly string[] = ['<target>']): string {
  const spell = (name: string, kind: MetricKind): string => `${name}${kind.context ? '/ctx<N>' : ''}`;
  const plain = Object.entries(plainMetrics).map(([name, kind]) => spell(name, kind));
  const measured = targets.flatMap((target) =>
    Object.keys(targetMetrics).map((name) => `${name}@${target}/ctx<N>`),
  );
  return [...plain, 'tasks.<id>', 'families.<name>', ...measured].join(', ');
}

function wrong(text: string, name: string | undefined, kind: MetricKind | undefined): string {
  if (name !== undefined && !kind && Object.hasOwn(targetMetrics, name))
    return `${text} is measured: it needs @<target>`;
  if (kind?.context) return `${text} depends on the context: it needs /ctx<N>`;
  if (kind) return `${text} does not depend on a context: leave /ctx out`;
  return `no metric is called ${text}`;
}
