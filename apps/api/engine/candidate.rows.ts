import { estimate } from '@asterism/estimate';
import { describe } from '@asterism/genome';
import { profilePlans, type Candidate, type CandidateAct, type ResolvedSearch } from '@asterism/search';
import { cellsOf } from '../candidates/cells';
import { evaluationRow, profileRow, type NewRow } from '../evaluations/requests';
import { toJson, type Prisma } from '../persistence/database';
import { newId } from '../persistence/ids';
import { profilesFirst } from './measured';

/** The profiles that a candidate needs, as rows. */
export function profilesOf(search: ResolvedSearch, act: CandidateAct, apart?: string): NewRow[] {
  return profilePlans(search).map(({ selector, contexts, prefillLengths }) =>
    profileRow({
      genome: act.genome,
      selector,
      resolved: search.targets.find((target) => target.selector === selector)?.resolved ?? selector,
      contexts,
      prefillLengths,
      ...(apart === undefined ? {} : { apart }),
    }),
  );
}

/** The training that a candidate needs, as a row. */
export function trainingOf(search: ResolvedSearch, act: CandidateAct, apart?: string): NewRow {
  if (search.numericClass === undefined) throw new Error('a search that decides has its numeric class');
  return evaluationRow({
    genome: act.trialGenome,
    tier: search.tier,
    datasets: search.datasets,
    trainerVersion: search.trainerVersion,
    numericClass: search.numericClass,
    replicate: 0,
    split: 'select',
    ...(apart === undefined ? {} : { apart }),
  });
}

/** Rows to work on at once: everything, or the profiles alone when a limit on them decides about training. */
export function firstRows(search: ResolvedSearch, act: CandidateAct, apart?: string): NewRow[] {
  if (act.breaks.length > 0) return [];
  const profiles = profilesOf(search, act, apart);
  return profilesFirst(search) ? profiles : [...profiles, trainingOf(search, act, apart)];
}

/** A decision as a row of `candidate`. */
export function candidateRow(
  searchId: string,
  search: ResolvedSearch,
  { n, act, values }: Candidate,
): Prisma.CandidateCreateManyInput {
  const { context } = search.deployment;
  return {
    id: newId('cand'),
    searchId,
    n,
    name: act.name ?? null,
    origin: act.origin,
    state: 'queued',
    genomeHash: act.genomeHash,
    trialHash: act.trialHash,
    genome: toJson(act.genome),
    trialGenome: toJson(act.trialGenome),
    code: describe(act.genome).code,
    backbone: toJson(cellsOf(act.genome, context)),
    values: toJson({ ...values, params: estimate(act.genome, { context }).params }),
    parents: [...act.parents],
    changes: [...act.changes],
  };
}
