import type { EntryOf } from '@asterism/genome';
import { input, own, when, type Cost } from './cost';

/** Feed-forward: 3dF gated, 2dF without the gate; no memory between tokens. */
export const swiglu: Cost<EntryOf<'swiglu'>> = {
  tensors: ({ hidden, gated, bias }, { width }) => [
    ...(gated ? ['gate', 'up'] : ['up']).flatMap((block) => [
      input(block, hidden * width),
      ...when(bias, input(`${block}_bias`, hidden, 'vector')),
    ]),
    own('down', width * hidden),
    ...when(bias, own('down_bias', width, 'vector')),
  ],
  slots: () => [],
  mixing: ({ hidden, gated }) => (gated ? hidden : 0),
};
