/** A search that a two-core machine finishes in well under an hour; the keys are explained in the README. */
export const TEMPLATE = JSON.stringify(
  {
    format: 1,
    name: 'my-search',
    space: 'deployable',
    seed: 1,
    start: ['lfm2'],
    baselines: ['transformer-pp'],
    trial: { tier: 'nano' },
    deployment: { width: 512, repeats: 2, vocab: 512, context: 4096 },
    objectives: [
      { maximize: 'quality' },
      { minimize: 'decodeMsP50@cpu/torch/fp32/ctx4096' },
      { minimize: 'cacheBytes/ctx4096' },
    ],
    engine: { mode: 'steady', parallelism: 2 },
    budget: { evaluations: 16 },
  },
  null,
  2,
);
