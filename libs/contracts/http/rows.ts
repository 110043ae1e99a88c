import { z } from 'zod';
import { Count, GenomeJson, Label, Sha256, Time, idOf } from '../primitives';
import { EvaluationOutcome } from '../worker/evaluation';
import { Progress } from '../worker/lease';
import { ProfileOutcome } from '../worker/profile';

/** `held`: cannot be dispatched yet (search paused, or no worker of its numeric class). */
export const RowState = z.enum(['held', 'queued', 'running', 'finished', 'failed', 'cancelled']);
export type RowState = z.infer<typeof RowState>;

const life = {
  dispatch: Count,
  epoch: Count,
  /** Times the lease was lost and the row queued again. */
  losses: Count,
  worker: z.string().optional(),
  progress: Progress.optional(),
  createdAt: Time,
  startedAt: Time.nullable(),
  finishedAt: Time.nullable(),
};

export const Evaluation = z.strictObject({
  id: idOf('eval'),
  state: RowState,
  genomeHash: Sha256,
  tier: Label,
  suite: Label,
  suiteVersion: Label,
  replicate: Count,
  split: z.enum(['select', 'report']),
  numericClass: z.string(),
  ...life,
  outcome: EvaluationOutcome.optional(),
});
export type Evaluation = z.infer<typeof Evaluation>;

export const Profile = z.strictObject({
  id: idOf('prof'),
  state: RowState,
  genomeHash: Sha256,
  /** What was asked for, such as `cpu/torch/fp32`; the outcome says which device it was. */
  target: Label,
  ...life,
  outcome: ProfileOutcome.optional(),
});
export type Profile = z.infer<typeof Profile>;

/** A library name or an inline genome. */
export const GenomeChoice = z.union([Label, GenomeJson]);

/** One training outside any search. The genome is trained as it stands: its own size is the trial size. */
export const EvaluationRequest = z.strictObject({
  genome: GenomeChoice,
  tier: Label.default('nano'),
  /** Another suite of the tier than its own. */
  suite: Label.optional(),
  datasets: z.array(Label).max(64).optional(),
  replicate: Count.default(0),
  /** Fractions of the tier's tokens, ascending; each is annealed in a branch and scored. Unless given, the whole. */
  rungs: z.array(z.number().gt(0).max(1)).min(1).max(16).optional(),
  /** Train again although the same work has a result. */
  fresh: z.boolean().default(false),
});
export type EvaluationRequest = z.infer<typeof EvaluationRequest>;

export const ProfileRequest = z.strictObject({
  genome: GenomeChoice,
  target: Label.default('cpu/torch/fp32'),
  contexts: z.array(z.int().min(1).max(1_000_000)).min(1).max(8).optional(),
  fresh: z.boolean().default(false),
});
export type ProfileRequest = z.infer<typeof ProfileRequest>;
