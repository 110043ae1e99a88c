import fc from 'fast-check';
import { configText, exportConfig, expectOk, genomeHash, importConfig, modelTypes } from '../index';
import { fromLibrary, libraryDocuments } from '../testing/genomes';
import { released } from '../testing/released';

type Config = Readonly<Record<string, unknown>>;

const between = (min: number, max: number) => fc.integer({ min, max });
const eps = fc.constantFrom(1e-5, 1e-6, 1e-8);
const act = fc.constantFrom('silu', 'gelu', 'gelu_pytorch_tanh', 'relu', 'relu2');

/** Heads that divide the width, keys that divide the heads, an even head. */
const shapes = fc
  .record({ keys: between(1, 4), times: between(1, 4), headDim: between(2, 32), layers: between(1, 12) })
  .map(({ keys, times, headDim, layers }) => ({
    hidden_size: keys * times * headDim * 2,
    num_attention_heads: keys * times,
    num_key_value_heads: keys,
    num_hidden_layers: layers,
  }));
const base = fc.record({
  vocab_size: between(2, 9999),
  tie_word_embeddings: fc.boolean(),
  intermediate_size: between(2, 999),
});
const rope = fc.oneof(
  fc.record({ rope_theta: between(1, 5_000_000) }),
  fc.record({
    rope_theta: between(1, 5_000_000),
    rope_scaling: fc.record({ type: fc.constant('linear'), factor: between(1, 64) }),
  }),
  fc.record({
    rope_parameters: fc.record({
      rope_type: fc.constant('llama3'),
      rope_theta: between(1, 5_000_000),
      factor: between(1, 64),
      low_freq_factor: fc.constant(1),
      high_freq_factor: fc.constant(4),
      original_max_position_embeddings: between(1, 99_999),
    }),
  }),
);
const partial = fc.constantFrom({}, { partial_rotary_factor: 0.5 }, { partial_rotary_factor: 1 });
const layerTypes = (...kinds: string[]) =>
  fc.array(fc.constantFrom(...kinds), { minLength: 1, maxLength: 12 });
const maybeWindow = fc.option(between(1, 9999), { nil: null });

function joined(...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<Config> {
  return fc.tuple(...parts).map((all) => Object.assign({}, ...all) as Config);
}

/** The list decides the number of layers. */
function listed(name: string, ...kinds: string[]): fc.Arbitrary<object> {
  return layerTypes(...kinds).map((list) => ({ [name]: list, num_hidden_layers: list.length }));
}

const softmax = joined(shapes, base, fc.record({ rms_norm_eps: eps, hidden_act: act }), rope);
const gemma = joined(
  shapes,
  base,
  fc.record({ rms_norm_eps: eps, hidden_activation: act, attention_bias: fc.boolean() }),
  between(1, 32).map((half) => ({ head_dim: 2 * half, query_pre_attn_scalar: 2 * half })),
  fc.record({
    sliding_window: between(1, 9999),
    final_logit_softcapping: maybeWindow,
    attn_logit_softcapping: maybeWindow,
  }),
  fc.oneof(listed('layer_types', 'full_attention', 'sliding_attention'), fc.constant({})),
);
const states = fc
  .record({
    groups: between(1, 4),
    times: between(1, 4),
    dim: between(1, 16),
    expand: between(1, 3),
    state: between(1, 64),
  })
  .map((one) => ({ ...one, heads: one.groups * one.times * one.expand }));

const random: Readonly<Record<string, fc.Arbitrary<Config>>> = {
  llama: joined(
    softmax,
    fc.record({ attention_bias: fc.boolean(), mlp_bias: fc.boolean() }),
    fc.oneof(
      fc.constant({}),
      between(1, 64).map((half) => ({ head_dim: 2 * half })),
    ),
  ),
  mistral: joined(softmax, fc.oneof(fc.constant({}), fc.record({ sliding_window: maybeWindow }))),
  phi3: joined(
    shapes.map((one) => ({ ...one, hidden_size: one.hidden_size * 2 })),
    base,
    fc.record({
      rms_norm_eps: eps,
      hidden_act: act,
      sliding_window: maybeWindow,
      rope_theta: between(1, 99_999),
    }),
    partial,
  ),
  qwen3: joined(
    softmax,
    fc.record({
      use_sliding_window: fc.boolean(),
      max_window_layers: between(0, 12),
      attention_bias: fc.boolean(),
    }),
    between(1, 64).map((half) => ({ head_dim: 2 * half })),
  ),
  gemma2: joined(gemma, rope),
  gemma3_text: joined(
    gemma,
    fc.record({ rope_theta: between(1, 5_000_000), rope_local_base_freq: between(1, 99_999) }),
  ),
  lfm2: joined(
    shapes,
    base,
    rope,
    fc.record({
      norm_eps: eps,
      conv_L_cache: between(2, 16),
      conv_bias: fc.boolean(),
      block_auto_adjust_ff_dim: fc.boolean(),
      block_multiple_of: between(1, 64),
      block_ffn_dim_multiplier: fc.constantFrom(1, 1.5),
    }),
    listed('layer_types', 'conv', 'full_attention'),
  ),
  lfm2_moe: joined(
    shapes,
    base,
    rope,
    fc.record({
      norm_eps: eps,
      num_dense_layers: between(0, 12),
      num_experts: between(4, 16),
      num_experts_per_tok: between(1, 4),
      moe_intermediate_size: between(1, 99),
      norm_topk_prob: fc.boolean(),
    }),
    listed('layer_types', 'conv', 'full_attention'),
  ),
  mamba: joined(
    fc.record({
      vocab_size: between(2, 9999),
      hidden_size: between(1, 999),
      expand: between(1, 3),
      tie_word_embeddings: fc.boolean(),
      num_hidden_layers: between(1, 12),
      state_size: between(1, 64),
      conv_kernel: between(2, 16),
      layer_norm_epsilon: eps,
      time_step_rank: fc.oneof(fc.constant('auto'), between(1, 99)),
    }),
  ),
  mamba2: joined(
    states.map(({ groups, heads, dim, expand, state }) => ({
      num_heads: heads,
      head_dim: dim,
      state_size: state,
      n_groups: groups,
      expand,
      hidden_size: (heads * dim) / expand,
      time_step_limit: [0, Infinity],
    })),
    fc.record({
      vocab_size: between(2, 9999),
      tie_word_embeddings: fc.boolean(),
      num_hidden_layers: between(1, 12),
      conv_kernel: between(2, 16),
      layer_norm_epsilon: eps,
    }),
  ),
  granitemoehybrid: joined(
    states.map(({ groups, heads, dim, expand, state }) => ({
      mamba_n_heads: heads * 2,
      mamba_d_head: dim,
      mamba_d_state: state,
      mamba_n_groups: groups,
      mamba_expand: expand,
      hidden_size: (2 * heads * dim) / expand,
      num_attention_heads: 1,
      num_key_value_heads: 1,
    })),
    fc.record({
      vocab_size: between(2, 9999),
      tie_word_embeddings: fc.boolean(),
      shared_intermediate_size: between(1, 999),
      hidden_act: act,
      rms_norm_eps: eps,
      attention_bias: fc.boolean(),
      embedding_multiplier: between(1, 12),
      position_embedding_type: fc.constantFrom(null, 'nope', 'rope'),
    }),
    fc.oneof(
      fc.constant({ num_local_experts: 0 }),
      fc.record({
        num_local_experts: between(4, 16),
        num_experts_per_tok: between(1, 4),
        intermediate_size: between(1, 99),
      }),
    ),
    listed('layer_types', 'mamba', 'attention'),
  ),
  recurrent_gemma: joined(
    shapes.map((one) => ({ ...one, hidden_size: one.hidden_size * 2 })),
    base,
    fc.record({
      rms_norm_eps: eps,
      hidden_activation: fc.constantFrom('gelu_pytorch_tanh', 'gelu_new'),
      conv1d_width: between(2, 16),
      attention_window_size: between(1, 9999),
      attention_bias: fc.boolean(),
      logits_soft_cap: between(0, 99),
      rope_theta: between(1, 99_999),
      block_types: layerTypes('recurrent', 'attention'),
    }),
  ),
};

const withType = (type: string, config: Config): Config => ({ model_type: type, ...config });

describe('configurations of Transformers', () => {
  it('every family that maps has random configurations', () => {
    expect(Object.keys(random).sort()).toEqual([...modelTypes].sort());
  });

  it.each(Object.entries(random))('%s: import, export and import again give one hash', (type, configs) => {
    fc.assert(
      fc.property(configs, (config) => {
        const { genome } = expectOk(importConfig(withType(type, config)));
        const exported = expectOk(exportConfig(genome, type));
        const again = expectOk(importConfig(JSON.parse(configText(exported))));
        expect(genomeHash(again.genome)).toBe(genomeHash(genome));
      }),
      { numRuns: 60 },
    );
  });

  it.each(Object.entries(released))('%s is the genome of the library', (name, config) => {
    const { genome } = expectOk(importConfig(config));
    expect(genomeHash(genome)).toBe(genomeHash(fromLibrary(name).genome));
  });

  it('writes whole soft-caps as the floats that Transformers asks for', () => {
    const text = configText(expectOk(exportConfig(fromLibrary('gemma-2-2b').genome)));
    expect(text).toContain('"final_logit_softcapping": 30.0');
    expect(text).toContain('"attn_logit_softcapping": 50.0');
    expect(text).toContain('"hidden_size": 2304');
  });

  it('every released model of the library that a family says can be exported', () => {
    const said = [...libraryDocuments.keys()].filter((name) => exportConfig(fromLibrary(name).genome).ok);
    expect(said).toEqual(expect.arrayContaining(Object.keys(released)));
  });

  it.each([
    ['an unknown model', { model_type: 'gpt2' }, '/model_type', /lfm2, lfm2_moe, llama/],
    [
      'LongRoPE',
      { model_type: 'phi3', rope_scaling: { type: 'longrope', short_factor: [1], long_factor: [1] } },
      '/rope_scaling/type',
      /default, linear, llama3/,
    ],
    [
      'an eps the grammar lacks',
      { model_type: 'llama', rms_norm_eps: 1e-4 },
      '/rms_norm_eps',
      /1e-5, 1e-6, 1e-8/,
    ],
    [
      'experts without their bias',
      { model_type: 'lfm2_moe', layer_types: ['conv'], num_hidden_layers: 1, use_expert_bias: false },
      '/use_expert_bias',
      /^true$/,
    ],
    ['a field nobody knows', { model_type: 'qwen3', mystery: 1 }, '/mystery', /hidden_size/],
    [
      'another scale of scores',
      { model_type: 'gemma2', query_pre_attn_scalar: 144 },
      '/query_pre_attn_scalar',
      /^256$/,
    ],
  ])('%s is refused at its field, with what is allowed', (_, config, pointer, allowed) => {
    const result = importConfig(config);
    if (result.ok) throw new Error('was accepted');
    expect(result.problems[0]).toMatchObject({ pointer });
    expect(result.problems[0]!.allowed).toMatch(allowed);
  });

  it('any JSON is a genome or a refusal, never an exception', () => {
    const any = fc.oneof(
      fc.anything(),
      fc
        .tuple(fc.constantFrom(...modelTypes), fc.dictionary(fc.string(), fc.anything()))
        .map(([type, rest]) => withType(type, rest)),
      fc
        .tuple(
          fc.constantFrom(...modelTypes),
          fc.constantFrom(
            'num_hidden_layers',
            'hidden_size',
            'rope_parameters',
            'layer_types',
            'block_types',
            'num_attention_heads',
          ),
          fc.anything(),
        )
        .map(([type, name, value]) => withType(type, { [name]: value })),
    );
    fc.assert(fc.property(any, (value) => void importConfig(value)));
  });
});
