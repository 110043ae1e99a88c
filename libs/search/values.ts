import { estimate } from '@asterism/estimate';
import type { Genome } from '@asterism/genome';
import type { Constraint, Objective, ResolvedSearch } from './resolved';
import type { Metric } from './metrics';

type Values = Readonly<Record<string, number>>;

/** Every metric that objectives and constraints name, each once, in the order of the spec. */
export function namedMetrics({
  objectives,
  constraints,
}: Pick<ResolvedSearch, 'objectives' | 'constraints'>): readonly Metric[] {
  return [...new Map([...objectives, ...constraints].map((metric) => [metric.metric, metric])).values()];
}

/** The named metrics that follow from the genome alone; bytes are those of the preset `deploy`. */
export function exactValues(
  search: Pick<ResolvedSearch, 'objectives' | 'constraints'>,
  genome: Genome,
): Values {
  const exact = namedMetrics(search).filter((metric) => metric.source === 'estimate');
  return Object.fromEntries(exact.map((metric) => [metric.metric, exactValue(metric, genome)]));
}

function exactValue({ name, context = 1 }: Metric, genome: Genome): number {
  const costs = estimate(genome, { context });
  const byName: Readonly<Record<string, number>> = {
    params: costs.params,
    paramsNonEmbedding: costs.paramsNonEmbedding,
    paramsActive: costs.paramsActive,
    cacheBytes: costs.cacheBytes,
    stateBytes: costs.stateBytes,
    trainFlopsPerToken: costs.flopsPerToken.train,
    prefillFlopsPerToken: costs.flopsPerToken.prefill,
    flopsPerToken: costs.flopsPerToken.decode,
  };
  const value = byName[name];
  if (value === undefined) throw new Error(`no estimate is called ${name}`);
  return value;
}

/** Hard limits that the given values break; limits on values not given are not broken. */
export function broken(constraints: readonly Constraint[], values: Values): readonly Constraint[] {
  return constraints.filter((constraint) => excess(constraint, values) > 0);
}

/** Sum over broken limits of the excess, relative to the limit. */
export function violationOf(constraints: readonly Constraint[], values: Values): number {
  return constraints.reduce((sum, constraint) => sum + excess(constraint, values), 0);
}

function excess({ metric, atMost, atLeast }: Constraint, values: Values): number {
  const value = values[metric];
  if (value === undefined) return 0;
  const over = atMost === undefined ? 0 : Math.max(0, value - atMost) / (Math.abs(atMost) || 1);
  const under = atLeast === undefined ? 0 : Math.max(0, atLeast - value) / (Math.abs(atLeast) || 1);
  return over + under;
}

/** Objective values with all directions turned to "smaller is better"; undefined while one is missing. */
export function pointOf(
  objectives: readonly Pick<Objective, 'metric' | 'direction'>[],
  values: Values,
): readonly number[] | undefined {
  const point = objectives.map(({ metric, direction }) => {
    const value = values[metric];
    return value === undefined ? undefined : minimised(direction, value);
  });
  return point.every((value) => value !== undefined) ? point : undefined;
}

/** The value with its direction turned; turning twice gives it back. */
export function minimised(direction: Objective['direction'], value: number): number {
  return direction === 'maximize' ? 0 - value : value;
}
