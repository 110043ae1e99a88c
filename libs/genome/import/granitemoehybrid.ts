import { activationName, activations, endsOf, epsOf, headsOf, kindsOf, layersOf } from './family';
import { type ModelFamily, written, writtenHeads } from './family';
import type { Fields } from './reader';
import { unboundedSteps } from './mamba2';
import { plain, ropeOf, ropeParameters } from './rope';

const mixers = {
  mamba: 'mamba',
  linear_attention: 'mamba',
  attention: 'attention',
  full_attention: 'attention',
} as const;

/**
 * Granite 4 H: Mamba-2 and attention without positions, SwiGLU or experts after each. Its four multipliers scale linear
 * maps (embedding and logits: table and final gain; residual: output projections; attention: queries) and are part of the
 * weights here.
 */
export const graniteMoeHybrid: ModelFamily = {
  modelType: 'granitemoehybrid',
  architecture: 'GraniteMoeHybridForCausalLM',
  read(fields) {
    const ends = endsOf(fields, { width: 4096, vocab: 32_000, tied: false });
    const heads = headsOf(fields, ends.width, { heads: 32 }, false);
    fields.skip('embedding_multiplier', 'logits_scaling', 'residual_multiplier', 'attention_multiplier');
    fields.skip('mamba_chunk_size', 'init_method', 'normalization_function');
    const positions = fields.raw('position_embedding_type') ?? 'nope';
    const rope = ropeOf(fields, heads.headDim, { theta: 10_000 });
    if (positions !== 'rope' && positions !== 'nope')
      fields.refuse(
        'position_embedding_type',
        `${JSON.stringify(positions)} does not map`,
        'null, "nope", "rope"',
      );
    const attention = {
      kind: 'attention' as const,
      ...heads,
      rope: positions === 'rope' ? rope : plain(0),
      bias: fields.flag('attention_bias', false),
    };
    const count = fields.whole('mamba_n_heads', 128, { most: 4096 });
    const inner = fields.whole('mamba_expand', 2) * ends.width;
    const dim =
      fields.raw('mamba_d_head') === 'auto' || !fields.has('mamba_d_head')
        ? Math.max(1, Math.floor(inner / count))
        : fields.whole('mamba_d_head', 64, { most: 1024 });
    const mamba = {
      kind: 'ssd' as const,
      heads: count,
      headDim: dim,
      state: fields.whole('mamba_d_state', 256, { most: 1024 }),
      groups: fields.whole('mamba_n_groups', 1, { most: 256 }),
      conv: fields.whole('mamba_d_conv', 4, { least: 2, most: 16 }),
    };
    if (count * dim !== inner)
      fields.refuse(
        'mamba_n_heads',
        'heads times their width must be mamba_expand · hidden_size',
        `${inner} in all`,
      );
    if (count % mamba.groups !== 0)
      fields.refuse(
        'mamba_n_groups',
        `${mamba.groups} does not divide ${count} heads`,
        `a divisor of ${count}`,
      );
    fields.fixed('mamba_conv_bias', true);
    fields.fixed('mamba_proj_bias', false);
    unboundedSteps(fields);
    const feed = feedOf(fields);
    const name = fields.has('layers_block_type') ? 'layers_block_type' : 'layer_types';
    const kinds = kindsOf(fields, name, layersOf(fields, 32), mixers, () => 'mamba');
    return {
      ...ends,
      eps: epsOf(fields, 'rms_norm_eps', 1e-6),
      layers: kinds.map((kind) => [kind === 'mamba' ? mamba : attention, feed]),
    };
  },
  write(model) {
    const attention = model.first('attention');
    const mamba = model.first('ssd');
    const dense = model.first('swiglu');
    const experts = model.first('moe');
    const { width } = model.genome.size;
    return {
      ...written(model),
      ...(attention ? writtenHeads(attention) : { num_attention_heads: 1 }),
      attention_bias: attention?.bias,
      // Our scores are scaled by headDim^-½; 1.0 is not their way to say it.
      ...(attention && { attention_multiplier: attention.headDim ** -0.5 }),
      position_embedding_type: attention && attention.rope.theta > 0 ? 'rope' : 'nope',
      ...(attention && attention.rope.theta > 0 && { rope_parameters: ropeParameters(attention.rope) }),
      ...(mamba
        ? {
            mamba_n_heads: mamba.heads,
            mamba_d_head: mamba.headDim,
            mamba_d_state: mamba.state,
            mamba_n_groups: mamba.groups,
            mamba_d_conv: mamba.conv,
            mamba_expand: (mamba.heads * mamba.headDim) / width,
          }
        : { mamba_n_heads: 2, mamba_d_head: width }),
      num_local_experts: experts?.experts ?? 0,
      ...(experts && { num_experts_per_tok: experts.topK, intermediate_size: experts.hidden }),
      shared_intermediate_size: experts?.sharedHidden ?? dense?.hidden,
      hidden_act: activationName((experts ?? dense)?.activation ?? 'silu'),
      layer_types: model.layers.map(([mixer]) => (mixer?.kind === 'ssd' ? 'mamba' : 'attention')),
      rms_norm_eps: Number(model.genome.norm.eps),
    };
  },
};

/** Experts whose chosen scores weigh as a softmax, beside one that every token visits; without experts, that one alone. */
function feedOf(fields: Fields) {
  const experts = fields.whole('num_local_experts', 8, { least: 0, most: 512 });
  const hidden = fields.whole('shared_intermediate_size', 1024, { most: experts > 0 ? 65_536 : 262_144 });
  const activation = fields.oneOf('hidden_act', activations, 'silu');
  if (experts === 0) {
    fields.skip('intermediate_size', 'num_experts_per_tok');
    return { kind: 'swiglu' as const, hidden, activation };
  }
  return {
    kind: 'moe' as const,
    experts,
    topK: fields.whole('num_experts_per_tok', 2, { most: experts }),
    hidden: fields.whole('intermediate_size', 11_008, { most: 65_536 }),
    sharedHidden: hidden,
    router: 'softmax' as const,
    activation,
  };
}
