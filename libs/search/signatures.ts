import type { Result } from '@asterism/genome';
import type { AdmittedOutcome, CloseReason, LogEvent } from './events';
import type { Catalogue, Constraint, Objective, ResolvedSearch } from './resolved';
import type { DecisionResult } from './result';
import type { SearchSpec } from './spec';
import type { Advance, Candidate, SearchState } from './state';

/** The functions of this library, in the order a scheduler meets them. */
export interface Engine {
  /** Any JSON to a spec with defaults, or every problem with its pointer. */
  parseSpec(json: unknown): Result<SearchSpec>;
  /** Fills in what names stand for; refuses objectives that nothing gives. */
  resolveSpec(spec: SearchSpec, catalogue: Catalogue): Result<ResolvedSearch>;
  /** Why the search cannot begin yet (`no worker for cpu/torch/fp32`), or undefined. */
  waitingFor(search: ResolvedSearch): string | undefined;
  /** Writes `created`; throws while `waitingFor` has a reason. Follow with `advance(state, new Map())`. */
  begin(search: ResolvedSearch): Advance;
  fold(events: Iterable<LogEvent>): SearchState;
  apply(state: SearchState, event: LogEvent): SearchState;
  /** Admits what is available in index order, decides while needs(n) and the budget allow, closes when all is done. */
  advance(state: SearchState, available: ReadonlyMap<number, DecisionResult>): Advance;
  close(state: SearchState, reason: CloseReason): Advance;
  changeLag(state: SearchState, lag: number): Advance;
  /** Decided, not admitted, and not broken by an estimate: what should be at work. */
  open(state: SearchState): readonly Candidate[];
  replay(
    events: readonly LogEvent[],
  ):
    | { readonly ok: true; readonly state: SearchState }
    | { readonly ok: false; readonly seq: number; readonly reason: string };
  /** Hard limits that values break, for a scheduler that measures before it trains. */
  broken(constraints: readonly Constraint[], values: Readonly<Record<string, number>>): readonly Constraint[];
  /** Float values of an admitted outcome. */
  valuesOf(outcome: AdmittedOutcome): Readonly<Record<string, number>>;
  frontOf<T extends { readonly values: Readonly<Record<string, number>>; readonly feasible: boolean }>(
    items: readonly T[],
    objectives: readonly Pick<Objective, 'metric' | 'direction'>[],
  ): readonly T[];
  /** One number per admitted result; scaled so that the initial design's box is 1; null before the reference is fixed. */
  hypervolumeHistory(
    state: SearchState,
  ): readonly { readonly n: number; readonly hypervolume: number | null }[];
  /** What must be profiled for the objectives and constraints. */
  profilePlans(
    search: ResolvedSearch,
  ): readonly {
    readonly selector: string;
    readonly contexts: readonly number[];
    readonly prefillLengths: readonly number[];
  }[];
  /** Identity of one training: equal keys share one evaluation row. */
  memoKey(search: ResolvedSearch, trialHash: string, replicate: number): string;
}
