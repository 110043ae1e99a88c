import type { Bits } from './bits';
import type { Derived, ResolvedSearch } from './resolved';
import type { ResultClass } from './result';

/** Version of the decision rules. Replay needs the recorded one. */
export const engineVersion = '1';

export type Origin = 'start' | 'baseline' | 'initial' | 'variation' | 'random';

/** A new candidate at the first rung. Promoting to a rung and repeating with a replicate are further acts. */
export interface CandidateAct extends Derived {
  readonly kind: 'candidate';
  readonly origin: Origin;
  /** Library name of a start or baseline. */
  readonly name?: string;
  /** Hash of `genome`: profiles are remembered by it. */
  readonly genomeHash: string;
  /** Hash of `trialGenome`: trainings are remembered by it. */
  readonly trialHash: string;
  /** Decisions this one was bred from. */
  readonly parents: readonly number[];
  /** What was changed, in words, in order. */
  readonly changes: readonly string[];
  /** Estimates among the objectives and constraints. */
  readonly exact: Bits;
  /** Hard limits that the estimates break: such a candidate is admitted at once and never dispatched. */
  readonly breaks: readonly string[];
}
export type Act = CandidateAct;

/** What the engine read for one decision: the values the search names, and nothing that depends on timing. */
export type AdmittedOutcome =
  | { readonly status: 'measured'; readonly values: Bits }
  | { readonly status: 'failed'; readonly class: ResultClass; readonly values: Bits };

/** Reference point and scale of each objective, as float64 bits in the objective's own unit. */
export interface Scales {
  readonly reference: Bits;
  /** Distance from the best value of the initial design to the reference: 1 in the hypervolume. */
  readonly scale: Bits;
}

export type CloseReason = 'budget' | 'cancelled' | 'time-limit' | 'space-exhausted';

export type EventBody =
  | { readonly type: 'created'; readonly engineVersion: string; readonly search: ResolvedSearch }
  | { readonly type: 'decided'; readonly n: number; readonly act: Act }
  | {
      readonly type: 'admitted';
      readonly n: number;
      readonly outcome: AdmittedOutcome;
      readonly scales?: Scales;
    }
  | { readonly type: 'lag.changed'; readonly lag: number }
  | { readonly type: 'engine.changed'; readonly engineVersion: string }
  | { readonly type: 'closed'; readonly reason: CloseReason };

/** One entry of the decision log. `hash` covers everything else, `previous` chains it to the event before. */
export type LogEvent = EventBody & {
  readonly seq: number;
  readonly previous: string;
  readonly hash: string;
};
