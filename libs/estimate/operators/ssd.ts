import type { EntryOf } from '@asterism/genome';
import { input, own, when, type Cost } from './cost';

/**
 * Mamba-2: z, x (inner = heads·headDim), B, C (groups·N), dt (heads) without bias; depthwise convolution with bias
 * over x, B and C; A_log, dt_bias, D for each head; gated norm [inner]; out_proj. State inner·N, six FLOPs for each
 * element. B, C and x (`v`) are shared after their convolution, so their taps and FIR state belong to the producer;
 * the recurrent state only when B, v and decay are all taken.
 */
export const ssd: Cost<EntryOf<'ssd'>> = {
  tensors({ heads, headDim, state, groups, conv }, { width, takes }) {
    const streams = streamsOf(heads * headDim, groups * state).filter(([value]) => !takes.has(value));
    return [
      input('z', width * heads * headDim),
      ...streams.flatMap(([value, channels]) => [
        input(value, width * channels),
        input(`taps_${value}`, channels * conv, 'taps'),
        input(`taps_${value}_bias`, channels, 'vector'),
      ]),
      ...when(
        !takes.has('decay'),
        input('dt', width * heads),
        input('dt_bias', heads, 'dynamics'),
        input('A_log', heads, 'dynamics'),
      ),
      own('D', heads, 'vector'),
      own('gain', heads * headDim, 'vector'),
      own('out', heads * headDim * width),
    ];
  },
  slots: ({ heads, headDim, state, groups, conv }) => [
    { kind: 'recurrent', elements: heads * headDim * state, sharedBy: ['B', 'v', 'decay'] },
    ...streamsOf(heads * headDim, groups * state).map(([value, channels]) => ({
      kind: 'fir' as const,
      elements: (conv - 1) * channels,
      sharedBy: [value],
    })),
  ],
  mixing({ heads, headDim, state, groups, conv }, { takes }) {
    const streams = streamsOf(heads * headDim, groups * state).filter(([value]) => !takes.has(value));
    const taps = streams.reduce((sum, [, channels]) => sum + 2 * conv * channels, 0);
    const sharesState = ['B', 'v', 'decay'].every((value) => takes.has(value));
    return taps + (sharesState ? 2 : 6) * heads * headDim * state;
  },
};

/** The convolved streams by the name of the value they become, with their channels. */
function streamsOf(inner: number, keys: number): readonly (readonly [string, number])[] {
  return [
    ['v', inner],
    ['B', keys],
    ['C', keys],
  ];
}
