import { type Genome, type Kind, operators, kinds, expectOk, knobChoices, repair } from '@asterism/genome';
import { chance, child, integer, type Key, pick } from '@asterism/random';

/**
 * Choices beyond what searches draw, so that every knob of every kind meets the other language; kinds that are not
 * here take what their descriptor varies and every word of closed lists.
 */
const CHOICES: Readonly<Record<string, Readonly<Record<string, readonly unknown[]>>>> = {
  attention: {
    heads: [1, 2, 4, 6],
    kvHeads: [1, 2, 3],
    headDim: [4, 8, 10],
    window: [0, 1, 7, 64, 5000],
    qkNorm: [true, false],
    qkNormKind: ['rms', 'l2'],
    softcap: [0, 30],
    bias: [true, false],
    rope: [
      { theta: 0 },
      { theta: 10000, percent: 50 },
      { theta: 500, scaling: 'linear', factor: 4 },
      { theta: 1_000_000, scaling: 'llama3', factor: 8, originalContext: 128 },
    ],
    conv: [0, 0, 2, 4],
    sinks: [0, 1, 3],
    lambda: [false, false, true],
  },
  'gated-conv': { kernel: [2, 3, 9, 40], expand: [1, 2], bias: [true, false] },
  gla: { heads: [1, 3], keyDim: [4, 9], valueDim: [5, 8], gateRank: [1, 6] },
  ssd: { heads: [2, 4], headDim: [3, 8], state: [5, 16], groups: [1, 2], conv: [2, 4] },
  swiglu: {
    hidden: [8, 30],
    activation: ['silu', 'gelu', 'gelu-tanh', 'relu', 'relu2'],
    gated: [true, false],
    bias: [true, false],
    parallel: [true, false],
  },
  moe: {
    experts: [1, 4, 7],
    topK: [1, 3],
    hidden: [8, 12],
    activation: ['silu', 'relu2'],
    normTopK: [true, false],
    sharedHidden: [0, 16],
    router: ['sigmoid', 'softmax'],
    parallel: [true, false],
  },
};

/** A small valid genome with any knobs and any sharing; repair breaks what does not fit. */
export function wildGenome(key: Key): Genome {
  return expectOk(repair(wildDocument(key)));
}

/** A small genome whose parts are legal but may not fit together. */
export function wildDocument(key: Key): Readonly<Record<string, unknown>> {
  const draw = (purpose: string, choices: readonly unknown[]): unknown => pick(child(key, purpose), choices);
  const length = 1 + integer(child(key, 'length'), 9);
  return {
    format: 1,
    size: {
      width: draw('width', [8, 12, 32]),
      vocab: draw('vocab', [2, 17, 64]),
      repeats: draw('repeats', [1, 1, 2, 3]),
      tiedEmbeddings: draw('tied', [true, false]),
    },
    norm: {
      kind: draw('norm', ['rms', 'layer']),
      eps: draw('eps', ['1e-5', '1e-6', '1e-8']),
      placement: draw('placement', ['pre', 'pre', 'sandwich']),
    },
    embedScale: draw('scale', ['none', 'sqrt-width']),
    finalSoftcap: draw('cap', [0, 20]),
    backbone: Array.from({ length }, (_, index) => entry({ ...child(key, 'entry'), index })),
  };
}

function entry(key: Key): Readonly<Record<string, unknown>> {
  const kind = pick(child(key, 'kind'), kinds);
  if (kind === 'differential') {
    const of = bare(child(key, 'branch'), pick(child(key, 'of'), MIXERS));
    const shared = pick(child(key, 'shared'), [[], ['v', 'out']]);
    return { kind, of, shared, ...shareOf(kind, Object.keys(operators[of.kind].values), key) };
  }
  return { ...bare(key, kind), ...shareOf(kind, Object.keys(operators[kind].values), key) };
}

const MIXERS = kinds.filter((kind) => operators[kind].role === 'mixer' && kind !== 'differential');

function bare(key: Key, kind: Kind) {
  const knobs: Record<string, unknown> = {};
  for (const [knob, choices] of Object.entries(CHOICES[kind] ?? knobChoices(operators[kind])))
    if (choices.length > 0) knobs[knob] = pick(child(key, knob), choices);
  return { kind, ...knobs };
}

function shareOf(kind: Kind, values: readonly string[], key: Key): object {
  const of = values.filter((_, index) => chance({ ...child(key, 'of'), index }, 0.6));
  const weights = chance(child(key, 'weights'), 0.4) && { weights: { group: 1 + kinds.indexOf(kind) } };
  const shared = of.length > 0 &&
    chance(child(key, 'values'), 0.5) && { values: { group: 1 + kinds.indexOf(kind), of } };
  return weights || shared ? { share: { ...weights, ...shared } } : {};
}
