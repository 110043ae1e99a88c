import type { EntryOf } from '@asterism/genome';
import { input, own, when, type Cost } from './cost';

/**
 * LFM2's gated short convolution: 4d² + dk parameters at expand 1; FIR state (k − 1)·inner; per token 2k·inner for
 * the taps and 2·inner for the two gates. The state holds B ⊙ X and X is never shared, so every LIV keeps its own.
 */
export const gatedConv: Cost<EntryOf<'gated-conv'>> = {
  tensors({ kernel, expand, bias }, { width, takes }) {
    const inner = expand * width;
    return [
      ...['B', 'C', 'X']
        .filter((block) => !takes.has(block))
        .flatMap((block) => [
          input(block, inner * width),
          ...when(bias, input(`${block}_bias`, inner, 'vector')),
        ]),
      ...when(!takes.has('taps'), input('taps', inner * kernel, 'taps')),
      ...when(bias, input('taps_bias', inner, 'vector')),
      own('out', inner * width),
      ...when(bias, own('out_bias', width, 'vector')),
    ];
  },
  slots: ({ kernel, expand }, { width }) => [
    { kind: 'fir', elements: (kernel - 1) * expand * width, sharedBy: ['X'] },
  ],
  mixing: ({ kernel, expand }, { width }) => 2 * (kernel + 1) * expand * width,
};
