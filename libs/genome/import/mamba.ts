import { endsOf, epsOf, layersOf, type ModelFamily, written } from './family';

/** Mamba (arXiv 2312.00752): selective state spaces without feed-forward. */
export const mamba: ModelFamily = {
  modelType: 'mamba',
  architecture: 'MambaForCausalLM',
  read(fields) {
    const ends = endsOf(fields, { width: 768, vocab: 50_280, tied: true });
    const inner = fields.number('expand', 2) * ends.width;
    if (!Number.isInteger(inner) || inner < 1 || inner > 65_536)
      fields.refuse('expand', `expand · hidden_size is ${inner}`, 'a whole number of channels up to 65536');
    const rank = Math.ceil(ends.width / 16);
    const selective = {
      kind: 'selective' as const,
      inner: Math.min(65_536, Math.max(1, Math.round(inner))),
      state: fields.whole('state_size', 16, { most: 256 }),
      dtRank:
        fields.raw('time_step_rank') === 'auto' ? rank : fields.whole('time_step_rank', rank, { most: 4096 }),
      conv: fields.whole('conv_kernel', 4, { least: 2, most: 16 }),
    };
    fields.fixed('use_bias', false);
    fields.fixed('use_conv_bias', true);
    fields.fixed('hidden_act', 'silu', 'swish');
    // expand says it; starting values, choice of kernels and precision change no architecture.
    fields.skip('intermediate_size', 'd_inner', 'd_model', 'n_layer', 'layer_types', 'ssm_cfg', 'rms_norm');
    fields.skip('fused_add_norm', 'pad_vocab_size_multiple');
    fields.skip(
      'time_step_scale',
      'time_step_min',
      'time_step_max',
      'time_step_init_scheme',
      'time_step_floor',
    );
    fields.skip('rescale_prenorm_residual', 'residual_in_fp32', 'use_mambapy', 'use_associative_scan');
    return {
      ...ends,
      eps: epsOf(fields, 'layer_norm_epsilon', 1e-5),
      layers: Array.from({ length: layersOf(fields, 32) }, () => [selective]),
    };
  },
  write(model) {
    const selective = model.first('selective');
    return {
      ...written(model),
      state_size: selective?.state,
      time_step_rank: selective?.dtRank,
      conv_kernel: selective?.conv,
      expand: selective && selective.inner / model.genome.size.width,
      layer_norm_epsilon: Number(model.genome.norm.eps),
    };
  },
};
