/** The commented search file that `asterism init` writes: every key a first search needs, with what else it may be. */
export const SEARCH_TEMPLATE = `{
  // A search of Asterism. Comments and trailing commas are allowed here.
  "format": 1,
  "name": "my-first-search",

  // Which operators, knobs, depths and sharing may be used: a name under genomes/spaces/, or the space itself.
  "space": "small",

  // Randomness: the same spec, seed and results give the same decisions.
  "seed": 7,

  // Genomes to breed from, and genomes that are only measured and always drawn. Names of genomes/library/, or paths.
  "start": ["lfm2", "gla-hybrid", "ssd-hybrid"],
  "baselines": ["transformer-pp"],

  // What is trained and scored: "nano" takes about a minute of one core per candidate. Your own data join the
  // datasets: asterism dataset add qa.jsonl --as pairs
  "trial": { "tier": "nano", "datasets": ["stdlib", "udhr"] },

  // What would be deployed; costs are estimated and profiled at this size. Exactly one of "parameters" and "width".
  "deployment": { "width": 512, "repeats": 2, "vocab": 512, "context": 4096 },

  // <metric>, <metric>/ctx<N>, <metric>@<target>/ctx<N>; tasks.<id> or families.<name> for one score (asterism tasks).
  "objectives": [
    { "maximize": "quality" },
    { "minimize": "decodeMsP50@cpu/torch/fp32/ctx4096" },
    { "minimize": "cacheBytes/ctx4096" }
  ],

  // Hard limits: a candidate that breaks one is never trained when an estimate or a profile can tell.
  "constraints": [{ "metric": "params", "atMost": 20000000 }],

  // "steady" has no barrier; "star" is the generational NSGA-II of the paper; "random" is the control.
  "engine": { "mode": "steady", "parallelism": 2 },

  // Exactly one of "evaluations" and "tokens".
  "budget": { "evaluations": 16 }
}
`;
