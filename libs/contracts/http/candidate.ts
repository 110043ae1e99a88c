import { z } from 'zod';
import { Count, Finite, GenomeJson, Interval, Sha256, Time, idOf } from '../primitives';
import { Evaluation, Profile } from './rows';
import { ObjectiveView } from './search';

export const Origin = z.enum(['start', 'baseline', 'initial', 'variation', 'random']);
export type Origin = z.infer<typeof Origin>;
export const CandidateState = z.enum([
  'queued',
  'profiling',
  'training',
  'finished',
  'infeasible',
  'failed',
  'cancelled',
]);
export type CandidateState = z.infer<typeof CandidateState>;

/** One LIV as a cell of a strip, in reading order. Groups are those of sharing, null where it shares nothing. */
export const Cell = z.strictObject({
  kind: z.string(),
  family: z.string(),
  label: z.string(),
  letter: z.string().optional(),
  /** Share of the parameters outside the embedding. */
  paramsShare: Finite,
  cacheShare: Finite.optional(),
  weightsGroup: Count.nullable().optional(),
  valuesGroup: Count.nullable().optional(),
  /** Values it shares in its group, such as k and v; absent where it shares none. */
  sharedValues: z.array(z.string()).optional(),
});
export type Cell = z.infer<typeof Cell>;

export const CandidateRow = z.strictObject({
  id: idOf('cand'),
  n: Count,
  name: z.string().nullable(),
  origin: Origin,
  state: CandidateState,
  class: z.string().optional(),
  genomeHash: Sha256,
  trialHash: Sha256,
  code: z.string(),
  /** What tells it from candidates of its search with the same code; absent where none has it. */
  apart: z.string().optional(),
  backbone: z.array(Cell),
  values: z.record(z.string(), Finite),
  intervals: z.record(z.string(), Interval),
  onFront: z.boolean(),
  rank: Count.nullable(),
  /** n of the candidates it was bred from. */
  parents: z.array(Count),
  evaluationId: idOf('eval').nullable(),
  profileIds: z.array(idOf('prof')),
  confirmed: z.boolean(),
  createdAt: Time,
  finishedAt: Time.nullable(),
});
export type CandidateRow = z.infer<typeof CandidateRow>;

export const CandidateDetail = CandidateRow.extend({
  searchId: idOf('srch'),
  searchName: z.string(),
  objectives: z.array(ObjectiveView),
  genome: GenomeJson,
  trialGenome: GenomeJson,
  /** Of the deployment genome; keys are the metric names of `asterism estimate`. */
  estimate: z.record(z.string(), z.unknown()),
  trialEstimate: z.record(z.string(), z.unknown()),
  evaluations: z.array(Evaluation),
  profiles: z.array(Profile),
  parentRows: z.array(CandidateRow),
  changes: z.array(z.string()),
  children: z.array(Count),
});
export type CandidateDetail = z.infer<typeof CandidateDetail>;

export const FrontView = z.strictObject({
  search: idOf('srch'),
  objectives: z.array(ObjectiveView),
  items: z.array(CandidateRow),
});
export type FrontView = z.infer<typeof FrontView>;

const column = <T extends z.ZodType>(item: T) => z.array(item);

/** All candidates of a search by n, one array per field, for drawing. */
export const CandidatePoints = z.strictObject({
  n: column(Count),
  id: column(z.string()),
  name: column(z.string().nullable()),
  origin: column(Origin),
  state: column(CandidateState),
  onFront: column(z.boolean()),
  confirmed: column(z.boolean()),
  values: z.record(z.string(), column(Finite.nullable())),
  intervals: z.record(z.string(), column(Interval.nullable())),
});
export type CandidatePoints = z.infer<typeof CandidatePoints>;

export const CurveSet = z.strictObject({
  items: z.array(
    z.strictObject({
      n: Count,
      id: idOf('cand'),
      curve: z.array(z.strictObject({ fraction: Finite, quality: Finite })),
    }),
  ),
});
export type CurveSet = z.infer<typeof CurveSet>;
