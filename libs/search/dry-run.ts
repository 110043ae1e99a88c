import { estimate } from '@asterism/estimate';
import { flags, randomGenome } from '@asterism/genome';
import { at, type Key } from '@asterism/random';
import { deriveMotif } from './derive';
import { profilePlans } from './plans';
import { waitingFor } from './resolve';
import type { ResolvedSearch } from './resolved';
import { broken, exactValues } from './values';

/** What a search would cost and what will likely go wrong, before it is submitted. */
export interface DryRun {
  readonly ok: boolean;
  /** Share of random genomes of the space that keep the hard limits that can be computed. */
  readonly feasibleShare: number;
  readonly sampled: number;
  readonly coreSeconds: number;
  readonly tokens: number;
  /** Of the sampled genomes at deployment size. */
  readonly parameters: { readonly low: number; readonly high: number };
  readonly objectives: readonly {
    readonly metric: string;
    readonly note: string;
    readonly served: boolean;
  }[];
  readonly warnings: readonly string[];
}

/** Core-seconds of one profile, at most (issue figures; for the forecast only). */
const PROFILE_SECONDS = 15;
const TOO_FEW_FEASIBLE = 0.05;
const LEAST_TO_LEARN = 32;

export function dryRun(search: ResolvedSearch, samples = 64): DryRun {
  const key: Key = { seed: search.seed, decision: 0, purpose: 'dry-run' };
  const sized = Array.from({ length: samples }, (_, i) =>
    deriveMotif(search, randomGenome(search.space, at(key, i))),
  );
  const built = sized.flatMap((result) => (result.ok ? [result.value.genome] : []));
  const feasible = built.filter(
    (genome) => broken(search.constraints, exactValues(search, genome)).length === 0,
  );
  const counts = built.map((genome) => estimate(genome, { context: search.deployment.context }).params);
  const profiles = profilePlans(search).length;
  const feasibleShare = feasible.length / samples;
  return {
    ok: feasible.length > 0 && waitingFor(search) === undefined,
    feasibleShare,
    sampled: samples,
    coreSeconds: search.budget * (search.tier.coreSeconds + profiles * PROFILE_SECONDS),
    tokens: search.budget * search.tier.tokens,
    parameters: { low: counts.length > 0 ? Math.min(...counts) : 0, high: Math.max(0, ...counts) },
    objectives: search.objectives.map((objective) => noteOf(search, objective)),
    warnings: warningsOf(search, feasibleShare),
  };
}

function noteOf(search: ResolvedSearch, { metric, source, target }: ResolvedSearch['objectives'][number]) {
  const pin = search.targets.find(({ selector }) => selector === target);
  const notes = {
    estimate: 'exact, computed from the deployment genome',
    evaluation: `scored by ${search.tier.suite} at trial size`,
    profile:
      pin?.resolved === undefined
        ? `no live worker serves ${target ?? ''}`
        : `measured on ${pin.resolved} at deployment size`,
  };
  return { metric, note: notes[source], served: source !== 'profile' || pin?.resolved !== undefined };
}

function warningsOf(search: ResolvedSearch, feasibleShare: number): readonly string[] {
  const waiting = waitingFor(search);
  const orderless = [...search.starts, ...search.baselines].filter(
    ({ trialGenome }) => flags(trialGenome).length > 0,
  );
  const trained = search.objectives.some(({ source }) => source === 'evaluation');
  return [
    ...(waiting === undefined ? [] : [`it will wait: ${waiting}`]),
    ...(feasibleShare < TOO_FEW_FEASIBLE
      ? [
          `only ${Math.round(100 * feasibleShare)} % of random genomes keep the hard limits: loosen them or narrow the space`,
        ]
      : []),
    ...(search.budget < LEAST_TO_LEARN
      ? [
          `${search.initial} of ${search.budget} evaluations are the initial design; little is left for evolution to learn from`,
        ]
      : []),
    ...(search.lag < 2 * search.engine.parallelism
      ? [`the budget allows ${search.lag} candidates at work at a time; more workers stay idle`]
      : []),
    ...(search.baselines.length === 0 ? ['no baseline: nothing to compare the front with'] : []),
    ...(trained
      ? []
      : ['no objective needs training: candidates are trained all the same, for their scores']),
    ...(search.tier.name === 'tiny' ? ['tier tiny tests the machinery; its scores mean nothing'] : []),
    ...orderless.map(({ name, trialGenome }) => `${name}: ${flags(trialGenome)[0]!.message}`),
  ];
}
