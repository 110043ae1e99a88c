import type { EntryOf } from '@asterism/genome';
import { input, own, when, type Cost } from './cost';

/**
 * Softmax attention: 2dHh + 2dGh parameters; each token keeps Gh keys and Gh values; a token that sees n tokens
 * needs 4Hhn FLOPs for scores and their sum (star-lfm2 §3.2). QK-norm: gains [headDim] for q and k, or one
 * temperature for each head. Keys are kept after norm and rotation, so who takes k needs no gain for it.
 */
export const attention: Cost<EntryOf<'attention'>> = {
  tensors({ heads, kvHeads, headDim, bias, qkNorm, qkNormKind }, { width, takes }) {
    const [query, key] = [heads * headDim, kvHeads * headDim];
    const gains = qkNorm && qkNormKind === 'rms';
    return [
      input('q', width * query),
      ...when(bias, input('q_bias', query, 'vector')),
      ...(['k', 'v'] as const)
        .filter((value) => !takes.has(value))
        .flatMap((value) => [
          input(value, width * key),
          ...when(bias, input(`${value}_bias`, key, 'vector')),
        ]),
      own('out', query * width),
      ...when(bias, own('out_bias', width, 'vector')),
      ...when(gains, own('q_gain', headDim, 'vector')),
      ...when(gains && !takes.has('k'), own('k_gain', headDim, 'vector')),
      ...when(qkNorm && qkNormKind === 'l2', own('temperature', heads, 'vector')),
    ];
  },
  slots: ({ kvHeads, headDim, window }) =>
    ['k', 'v'].map((value) => ({
      kind: 'kv',
      elements: kvHeads * headDim,
      reach: window,
      sharedBy: [value],
    })),
  mixing: ({ heads, headDim, window }, _, tokens) =>
    4 * heads * headDim * (window === 0 ? tokens : Math.min(tokens, window)),
};
