import { z } from 'zod';
import { widthHidden } from './arithmetic';
import { channel, int, leftOut } from './operator';
import { activation, activationDigit, activations } from './swiglu';

// 512 experts × 3 × width 65,536 × hidden 65,536 × 1,024 LIVs stays below 2^53: sums of parameters are exact.
const MAX_HIDDEN = 65_536;
const knobs = {
  experts: int(1, 512),
  /** Experts each token visits. */
  topK: int(1, 512),
  hidden: int(1, MAX_HIDDEN),
  activation,
  /** Weights of the chosen experts are divided by their sum. */
  normTopK: z.boolean().default(true),
  /** Hidden width of an expert that every token visits; 0 = none. */
  sharedHidden: int(0, MAX_HIDDEN).default(0),
  /** Scores of the experts: each for itself, or as shares of one (Mixtral, Granite). */
  router: leftOut(z.enum(['sigmoid', 'softmax']), 'sigmoid', ['softmax']),
};

/** Mixture of experts, router with a selection-only bias (LFM2-8B-A1B; rule as in DeepSeek-V3). */
export const moe = channel({
  kind: 'moe',
  title: 'Mixture of experts',
  letter: 'e',
  family: 'mixture',
  role: 'channel',
  knobs,
  values: {},
  weightKnobs: ['experts', 'hidden', 'sharedHidden'],
  weights: "the router with its bias, and every expert's gate and up projections; not the down projections",
  variation: { experts: [4, 8], topK: [1, 2], hidden: [32, 64] },
  starClasses: [22],
  starClass: () => 22,
  starOperator: (entry) => [13, 1, 1, activationDigit[entry.activation], 2],
  check: (entry) =>
    entry.topK <= entry.experts
      ? []
      : [
          {
            knob: 'topK',
            code: 'too-big',
            message: `topK (${entry.topK}) exceeds experts (${entry.experts})`,
          },
        ],
  mend: (entry) => ({ topK: Math.min(entry.topK, entry.experts) }),
  axes: {
    featurizer: 'projection',
    tokenMixing: 'diagonal',
    sparsity: 'none',
    nonlinearity: activations,
    channelMixing: 'dense',
  },
  scale: (entry, by) => ({
    hidden: Math.min(MAX_HIDDEN, widthHidden(entry.hidden, by)),
    sharedHidden: Math.min(MAX_HIDDEN, widthHidden(entry.sharedHidden, by)),
  }),
  label: (entry) => `moe${entry.experts}/${entry.topK}${entry.router === 'softmax' ? ' softmax' : ''}`,
});
