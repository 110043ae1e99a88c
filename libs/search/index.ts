/** The engine: a pure function over decisions and results. The log of events is the truth; state is its fold. */
export {
  allowedMetrics,
  parseMetric,
  plainMetrics,
  scoredBy,
  targetMetrics,
  type Direction,
  type Metric,
  type MetricSource,
} from './metrics';
export { metricOf, parseSpec, specSchema, type SearchSpec } from './spec';
export { resolveSpec, unknownSuite, waitingFor } from './resolve';
export { lackingDatasets, missingDatasets, noDataset, tokensInTrial } from './trial-datasets';
export {
  encodeExamples,
  exampleShapes,
  headerOf,
  isUserKind,
  parseExample,
  userKinds,
  type Choice,
  type Example,
  type Pair,
  type Series,
  type UserKind,
} from './datasets/examples';
export { dropped, fitTo, lackOf, userDataOf, type Fit, type UserData } from './datasets/facts';
export { deriveGiven, deriveMotif } from './derive';
export { suitesOf, tierNames, tiers, tierWith, type Tier, type TierName } from './tiers';
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
  Derived,
  NamedGenome,
  Objective,
  ResolvedSearch,
  SuiteTask,
  TargetPin,
} from './resolved';
export {
  engineVersion,
  type Act,
  type AdmittedOutcome,
  type CandidateAct,
  type CloseReason,
  type EventBody,
  type LogEvent,
  type Origin,
  type Scales,
} from './events';
export type { Advance, Candidate, SearchState } from './state';
export { lagOf, needs } from './needs';
export { advance, begin, changeEngine, changeLag, close, open } from './advance';
export { apply, fold, isFeasible } from './fold';
export { bitsOf, fromBits, toBits, valuesOf, type Bits } from './bits';
export { chainBreak, replay, type Replay } from './replay';
export { front, frontOf, hypervolumeHistory, referencePoint, type HypervolumePoint } from './front';
export { broken, exactValues, namedMetrics, pointOf } from './values';
export { memoKey, memoKeyOf, profilePlans, type MemoParts, type ProfilePlan } from './plans';
export { candidateMoves, move, moves, searchMoves, type CandidatePhase, type SearchPhase } from './moves';
export { endOf } from './phase';
export { dryRun, type DryRun } from './dry-run';
