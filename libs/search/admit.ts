import { bitsOf } from './bits';
import { finished } from './fold';
import type { AdmittedOutcome, CandidateAct, EventBody } from './events';
import type { ResolvedSearch } from './resolved';
import type { DecisionResult } from './result';
import { scalesOf } from './scales';
import type { SearchState } from './state';
import { namedMetrics } from './values';

/** The next `admitted` event for an outcome, with the scales when this result fixes them. */
export function admission(state: SearchState, outcome: AdmittedOutcome): EventBody & { type: 'admitted' } {
  const n = state.admitted;
  const admitted = [...state.candidates.slice(0, n), finished(state.search, state.candidates[n]!, outcome)];
  const scales = state.scales ? undefined : scalesOf(state, admitted);
  return { type: 'admitted', n, outcome, ...(scales && { scales }) };
}

/** What the engine makes of the next candidate: a broken limit needs no result, everything else waits for one. */
export function outcomeFor(
  search: ResolvedSearch,
  act: CandidateAct,
  result: DecisionResult | undefined,
): AdmittedOutcome | undefined {
  if (act.breaks.length > 0) return { status: 'failed', class: 'constraint', values: {} };
  return result && outcomeOf(search, result);
}

/** Keeps the measured values the search names; a missing one makes the candidate infeasible, its others stand. */
export function outcomeOf(search: ResolvedSearch, result: DecisionResult): AdmittedOutcome {
  const given = result.status === 'measured' ? result.rungs.at(-1)!.values : (result.values ?? {});
  const wanted = namedMetrics(search).filter(({ source }) => source !== 'estimate');
  const found = wanted.filter(({ metric }) => given[metric] !== undefined);
  const values = bitsOf(Object.fromEntries(found.map(({ metric }) => [metric, given[metric]!])));
  if (result.status === 'failed') return { status: 'failed', class: result.class, values };
  return found.length < wanted.length
    ? { status: 'failed', class: 'missing', values }
    : { status: 'measured', values };
}
