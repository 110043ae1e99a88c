/** The engine: a pure function over decisions and results. The log of events is the truth; state is its fold. */
export {
  allowedMetrics,
  parseMetric,
  plainMetrics,
  targetMetrics,
  type Direction,
  type Metric,
  type MetricSource,
} from './metrics';
export { specSchema, type SearchSpec } from './spec';
export { tierNames, tiers, type Tier, type TierName } from './tiers';
export {
  decisionResultSchema,
  failureClasses,
  parseResult,
  type DecisionResult,
  type ResultClass,
} from './result';
export type {
  Catalogue,
  Constraint,
  DatasetPin,
  NamedGenome,
  Objective,
  ResolvedSearch,
  TargetPin,
} from './resolved';
export {
  engineVersion,
  type Act,
  type AdmittedOutcome,
  type Bits,
  type CandidateAct,
  type CloseReason,
  type EventBody,
  type LogEvent,
  type Origin,
  type Scales,
} from './events';
export type { Advance, Candidate, SearchState } from './state';
export { lagOf, needs } from './needs';
/** Signatures of what follows: parseSpec, resolveSpec, begin, fold, advance, replay, frontOf, … */
export type { Engine } from './signatures';
