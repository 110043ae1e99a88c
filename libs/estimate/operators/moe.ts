import type { EntryOf } from '@asterism/genome';
import { input, own, when, type Cost } from './cost';

/**
 * Mixture of experts: E·3dF + dE parameters (the router's selection bias is a buffer, not a parameter: LFM2-8B-A1B's
 * 8,339,929,856 decides), plus a shared expert; a token multiplies with topK experts and the shared one.
 */
export const moe: Cost<EntryOf<'moe'>> = {
  tensors({ experts, topK, hidden, sharedHidden }, { width }) {
    const [all, chosen] = [experts * hidden * width, topK * hidden * width];
    return [
      input('router', width * experts, 'router'),
      input('gate', all, 'matrix', chosen),
      input('up', all, 'matrix', chosen),
      own('down', all, 'matrix', chosen),
      ...when(
        sharedHidden > 0,
        input('shared_gate', sharedHidden * width),
        input('shared_up', sharedHidden * width),
        own('shared_down', sharedHidden * width),
      ),
    ];
  },
  slots: () => [],
  mixing: ({ topK, hidden, sharedHidden }) => topK * hidden + sharedHidden,
};
