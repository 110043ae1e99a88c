import {
  parseGenome,
  parseLibraryEntry,
  parseSpace,
  refuse,
  succeed,
  type Genome,
  type Problem,
  type Result,
  type Space,
} from '@asterism/genome';
import { deriveGiven, type Sizes } from './derive';
import { allowedMetrics, parseMetric, type Metric } from './metrics';
import { lagOf } from './needs';
import type { Catalogue, Constraint, NamedGenome, Objective, ResolvedSearch } from './resolved';
import { metricOf, type SearchSpec } from './spec';
import { unknownScore, unweighted } from './scored';
import { suitesOf, tiers, tierWith, type Tier, type TierName } from './tiers';
import { lackingDatasets, missingDatasets, noDataset, tokensInTrial } from './trial-datasets';

/** The smallest initial design (design §6). */
const LEAST_INITIAL = 8;

/** Fills in what the names of a spec stand for; every name that nothing answers to is a problem with its pointer. */
export function resolveSpec(spec: SearchSpec, catalogue: Catalogue): Result<ResolvedSearch> {
  const problems: Problem[] = [];
  const taken = <T>(result: Result<T>): T | undefined => {
    if (result.ok) return result.value;
    problems.push(...result.problems);
    return undefined;
  };
  const tier = taken(tierOf(spec.trial)) ?? tiers[spec.trial.tier];
  const space = taken(spaceOf(spec, catalogue));
  const metrics = { catalogue, tier, datasets: spec.trial.datasets };
  const objectives = spec.objectives.flatMap((o, i) => taken(objectiveOf(o, i, metrics)) ?? []);
  const own = spec.constraints.flatMap((c, i) => taken(constraintOf(c, `/constraints/${i}`, metrics)) ?? []);
  const limits = (space?.limits ?? []).flatMap(
    (c, i) => taken(constraintOf(c, `/space/limits/${i}`, metrics)) ?? [],
  );
  const budget =
    'evaluations' in spec.budget ? spec.budget.evaluations : Math.floor(spec.budget.tokens / tier.tokens);
  if (budget < 1)
    problems.push({
      pointer: '/budget/tokens',
      code: 'too-small',
      message: `one evaluation needs ${tier.tokens} tokens`,
    });
  const datasets = spec.trial.datasets.flatMap((name, i) => taken(datasetOf(name, i, catalogue)) ?? []);
  problems.push(...missingDatasets('/trial/datasets', tier, spec.trial.datasets, catalogue));
  problems.push(...lackingDatasets('/trial/datasets', tier, spec.trial.datasets, catalogue));
  if (!space) return refuse(problems);
  const sizes = { space, tier, deployment: spec.deployment };
  const starts = spec.start.flatMap((g, i) => taken(named(g, `/start/${i}`, sizes, catalogue, true)) ?? []);
  const baselines = spec.baselines.flatMap(
    (g, i) => taken(named(g, `/baselines/${i}`, sizes, catalogue, false)) ?? [],
  );
  if (starts.length + baselines.length > budget)
    problems.push({
      pointer: '/budget',
      code: 'too-small',
      message: 'does not pay for the starts and baselines',
    });
  if (problems.length > 0) return refuse(problems);
  const constraints = [...own, ...limits];
  return succeed({
    format: 1,
    name: spec.name,
    seed: spec.seed,
    ...sizes,
    starts,
    baselines,
    objectives,
    constraints,
    engine: spec.engine,
    budget,
    lag: lagOf(spec.engine.parallelism, budget),
    initial: Math.max(
      starts.length + baselines.length,
      Math.min(budget, Math.max(LEAST_INITIAL, Math.floor(budget / 4))),
    ),
    ...(spec.referencePoint && { referencePoint: spec.referencePoint }),
    datasets,
    targets: targetsOf([...objectives, ...constraints], catalogue),
    trainerVersion: catalogue.trainerVersion,
    ...(catalogue.numericClass !== undefined && { numericClass: catalogue.numericClass }),
    reuse: spec.reuse,
  });
}

/** Why the search cannot begin yet, or undefined: its targets and trainings need a worker that is known. */
export function waitingFor(search: ResolvedSearch): string | undefined {
  const target = search.targets.find(({ resolved }) => resolved === undefined);
  if (target) return `no worker for ${target.selector}`;
  return search.numericClass === undefined ? 'no worker for trainings' : undefined;
}

function tierOf({ tier: name, suite }: SearchSpec['trial']): Result<Tier> {
  const tier = tierWith(name, suite);
  return tier ? succeed(tier) : refuse([unknownSuite('/trial/suite', name, String(suite))]);
}

/** A suite that the tier does not have. */
export function unknownSuite(pointer: string, tier: TierName, suite: string): Problem {
  const message = `tier ${tier} has no suite called ${suite}`;
  return { pointer, code: 'unknown-suite', message, allowed: suitesOf(tier).join(', ') };
}

function spaceOf(spec: SearchSpec, catalogue: Catalogue): Result<Space> {
  const document = typeof spec.space === 'string' ? catalogue.space(spec.space) : spec.space;
  if (document === undefined) return unknown('/space', 'space', String(spec.space), catalogue.spaceNames);
  const parsed = parseSpace(document);
  if (!parsed.ok) return under('/space', parsed.problems);
  if (parsed.value.reach === 'any') return parsed;
  const message = 'no export format is known to this engine';
  return refuse([{ pointer: '/space/reach', code: 'unknown-reach', message, allowed: 'any' }]);
}

function objectiveOf(raw: SearchSpec['objectives'][number], i: number, known: Served): Result<Objective> {
  const metric = servedMetric(metricOf(raw), `/objectives/${i}`, known);
  if (!metric.ok) return metric;
  return succeed({ ...metric.value, direction: 'maximize' in raw ? 'maximize' : 'minimize' });
}

function constraintOf(
  { metric: name, atMost, atLeast }: SearchSpec['constraints'][number],
  pointer: string,
  known: Served,
): Result<Constraint> {
  const metric = servedMetric(name, `${pointer}/metric`, known);
  if (!metric.ok) return metric;
  return succeed({
    ...metric.value,
    ...(atMost !== undefined && { atMost }),
    ...(atLeast !== undefined && { atLeast }),
  });
}

/** What a metric's name may refer to. */
interface Served {
  readonly catalogue: Catalogue;
  readonly tier: Tier;
  readonly datasets: readonly string[];
}

/** A metric, whose target the service knows if it has one, whose task the trial scores if it is one's. */
function servedMetric(text: string, pointer: string, { catalogue, tier, datasets }: Served): Result<Metric> {
  const selectors = catalogue.targets.map(({ selector }) => selector);
  const metric = parseMetric(text, pointer);
  if (!metric.ok) return metric;
  const unknown =
    unknownScore(text, pointer, tier.suite, datasets, catalogue) ??
    unweighted(text, pointer, tier, catalogue);
  if (unknown !== undefined) return refuse([unknown]);
  const { target } = metric.value;
  if (target === undefined || selectors.includes(target)) return metric;
  const allowed = allowedMetrics(selectors);
  return refuse([{ pointer, code: 'unknown-target', message: `no target is called ${target}`, allowed }]);
}

function targetsOf(metrics: readonly Metric[], catalogue: Catalogue): ResolvedSearch['targets'] {
  const named = new Set(metrics.flatMap(({ target }) => target ?? []));
  return catalogue.targets.filter(({ selector }) => named.has(selector));
}

function datasetOf(name: string, i: number, catalogue: Catalogue): Result<Catalogue['datasets'][number]> {
  const dataset = catalogue.datasets.find((known) => known.name === name);
  const names = catalogue.datasets.filter(({ kind }) => kind !== 'tokens').map((known) => known.name);
  if (dataset === undefined) {
    const allowed = names.length > 0 ? names.join(', ') : 'none is registered';
    const message = noDataset(name);
    return refuse([{ pointer: `/trial/datasets/${i}`, code: 'unknown-dataset', message, allowed }]);
  }
  const refused = tokensInTrial(`/trial/datasets/${i}`, dataset, names);
  return refused === undefined ? succeed(dataset) : refuse([refused]);
}

/** A start or baseline: by library name, with the context it is written for, or inline. */
function named(
  reference: SearchSpec['start'][number],
  pointer: string,
  sizes: Sizes,
  catalogue: Catalogue,
  breeds: boolean,
): Result<NamedGenome> {
  const source =
    typeof reference === 'string'
      ? fromLibrary(reference, pointer, catalogue)
      : inline(reference, pointer, sizes);
  if (!source.ok) return source;
  const { genome, context } = source.value;
  const derived = deriveGiven(sizes, genome, context, breeds);
  if (!derived.ok) return under(pointer, derived.problems);
  return succeed({
    name: typeof reference === 'string' ? reference : (genome.name ?? pointer.slice(1)),
    ...derived.value,
  });
}

interface Source {
  readonly genome: Genome;
  readonly context: number;
}

function fromLibrary(name: string, pointer: string, catalogue: Catalogue): Result<Source> {
  const document = catalogue.genome(name);
  if (document === undefined) return unknown(pointer, 'genome', name, catalogue.genomeNames);
  const entry = parseLibraryEntry(document);
  if (!entry.ok) return under(pointer, entry.problems);
  return succeed({ genome: entry.value.genome, context: entry.value.meta.context });
}

/** A genome does not say its context: one that is no wider than a trial is taken for a motif, others for full size. */
function inline(document: object, pointer: string, { tier, deployment }: Sizes): Result<Source> {
  const genome = parseGenome(document);
  if (!genome.ok) return under(pointer, genome.problems);
  const isMotif = genome.value.size.width <= tier.width;
  return succeed({ genome: genome.value, context: isMotif ? tier.context : deployment.context });
}

function under<T>(pointer: string, problems: readonly Problem[]): Result<T> {
  return refuse(
    problems.map((problem) => ({
      ...problem,
      pointer: problem.pointer.startsWith('/deployment') ? problem.pointer : pointer + problem.pointer,
    })),
  );
}

function unknown<T>(pointer: string, noun: string, name: string, names: readonly string[]): Result<T> {
  const allowed = names.length > 0 ? names.join(', ') : 'none is registered';
  return refuse([{ pointer, code: `unknown-${noun}`, message: `no ${noun} is called ${name}`, allowed }]);
}
