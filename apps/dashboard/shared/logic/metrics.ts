export interface MetricLabel {
  /** What is measured: `Decode, p50`. */
  readonly short: string;
  /** Where and at which size: `cpu/torch/fp32 · ctx 4,096`. */
  readonly where: string;
  readonly unit: 'ms' | 'bytes' | 'count' | '';
}

const NAMES: Readonly<Record<string, readonly [string, MetricLabel['unit']]>> = {
  quality: ['Quality', ''],
  qualityWeighted: ['Quality, weighted', ''],
  guard: ['Guard', ''],
  decodeMsP50: ['Decode p50', 'ms'],
  decodeMsP95: ['Decode p95', 'ms'],
  decodeColdMsP50: ['Decode p50, cold', 'ms'],
  decodeColdMsP95: ['Decode p95, cold', 'ms'],
  prefillMsP50: ['Prefill p50', 'ms'],
  prefillMsP95: ['Prefill p95', 'ms'],
  peakBytes: ['Peak memory', 'bytes'],
  prefillPeakBytes: ['Peak memory of the prompt', 'bytes'],
  cacheBytes: ['Cache', 'bytes'],
  stateBytes: ['State', 'bytes'],
  weightBytes: ['Weights', 'bytes'],
  params: ['Parameters', 'count'],
  paramsNonEmbedding: ['Parameters without embedding', 'count'],
  paramsActive: ['Active parameters', 'count'],
  flopsPerToken: ['FLOPs per token', 'count'],
};

/** Reads `<metric>@<target>/ctx<N>` (target and context optional), `tasks.<id>` or `families.<name>` into words. */
export function describeMetric(metric: string): MetricLabel {
  const [, group, id] = /^(tasks|families)\.(.+)$/.exec(metric) ?? [];
  if (id !== undefined)
    return { short: group === 'tasks' ? `Task ${id}` : `Family ${id}`, where: 'trial size', unit: '' };
  const context = /\/ctx(\d+)$/.exec(metric)?.[1];
  const bare = metric.replace(/\/ctx\d+$/, '');
  const [name = bare, target] = bare.split('@');
  const [short, unit] = NAMES[name] ?? [name, unitOfName(name)];
  const parts = [target, context && `ctx ${Number(context).toLocaleString('en-GB')}`, sizeOf(name)];
  return { short, where: parts.filter(Boolean).join(' · '), unit };
}

/** Quality belongs to the trial size, costs to the deployment size; both are said wherever they stand. */
function sizeOf(name: string): string {
  return name.startsWith('quality') || name === 'guard' ? 'trial size' : 'deployment size';
}

function unitOfName(name: string): MetricLabel['unit'] {
  if (/Ms(P\d+)?$/.test(name)) return 'ms';
  if (/[bB]ytes$/.test(name)) return 'bytes';
  return '';
}

/** `Decode p50 (ms)` */
export function metricTitle(metric: string, unit: string): string {
  const { short } = describeMetric(metric);
  return unit === '' ? short : `${short} (${unit})`;
}

/** Whether the comparison of candidates tells a difference of it over the same test items and seeds. */
export function isPaired(metric: string): boolean {
  return metric === 'quality' || /^(tasks|families)\./.test(metric);
}

/** What `cannot tell` means where nothing is paired. */
export function unpairedWords(metric: string): string {
  const alone = 'their two intervals alone do not tell it';
  return isPaired(metric) ? `${alone}; compare pairs test items and seeds, and may` : alone;
}
