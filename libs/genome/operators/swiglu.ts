import { z } from 'zod';
import { widthHidden } from './arithmetic';
import { channel, int } from './operator';

export const activation = z.enum(['silu', 'gelu', 'gelu-tanh', 'relu', 'relu2']).default('silu');
const MAX_HIDDEN = 262_144;
const knobs = {
  hidden: int(1, MAX_HIDDEN),
  activation,
  /** false: a plain two-layer FF without the gate (Phi). */
  gated: z.boolean().default(true),
  bias: z.boolean().default(false),
};

/** Gated memoryless unit, W2(act(W1 x) ⊙ W3 x): SwiGLU, GeGLU; ungated GELU and ReLU² too. STAR's GMemless. */
export const swiglu = channel({
  kind: 'swiglu',
  title: 'Feed-forward (SwiGLU)',
  letter: 's',
  family: 'memoryless',
  role: 'channel',
  knobs,
  values: {},
  weightKnobs: ['hidden', 'gated', 'bias'],
  weights: 'the gate and up projections with their biases; not the down projection',
  variation: { hidden: [64, 128, 192, 256] },
  starClasses: [9],
  starClass: () => 9,
  starOperator: (entry) => [
    9,
    1,
    1,
    { silu: 4, gelu: 5, 'gelu-tanh': 5, relu: 3, relu2: 3 }[entry.activation],
    2,
  ],
  scale: (entry, by) => ({ hidden: Math.min(MAX_HIDDEN, widthHidden(entry.hidden, by)) }),
  label: (entry) =>
    (entry.gated
      ? { silu: 'swiglu', gelu: 'geglu', 'gelu-tanh': 'geglu', relu: 'reglu', relu2: 'relu²glu' }
      : { silu: 'silu', gelu: 'gelu', 'gelu-tanh': 'gelu', relu: 'relu', relu2: 'relu²' })[entry.activation],
});
