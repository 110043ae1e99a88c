import type { CandidatePhase } from './moves';
import type { ResultClass } from './result';
import type { Candidate } from './state';

/** Classes that say something broke; the others say that the candidate does not fit. */
const breakages: ReadonlySet<ResultClass> = new Set(['diverged', 'poison', 'non-finite']);

/** How an admitted candidate ended and its class; undefined while its result is out. */
export function endOf({
  outcome,
  act,
  violation,
}: Candidate): { readonly state: CandidatePhase; readonly class?: ResultClass } | undefined {
  if (!outcome) return undefined;
  if (outcome.status === 'failed')
    return { state: breakages.has(outcome.class) ? 'failed' : 'infeasible', class: outcome.class };
  return violation > 0 || act.breaks.length > 0
    ? { state: 'infeasible', class: 'constraint' }
    : { state: 'finished' };
}
