import { z } from 'zod';
import { Count, FailureClass, Finite, GenomeJson, Label, Positive, Sha256 } from '../primitives';

export const DatasetRef = z.strictObject({
  name: Label,
  kind: z.enum(['text', 'tokens', 'pairs', 'choices', 'series']),
  sha256: Sha256,
});
export type DatasetRef = z.infer<typeof DatasetRef>;

export const EvaluationLimits = z.strictObject({ memoryBytes: Positive, cpuSeconds: Positive });
export const ResumePoint = z.strictObject({ artifact: Sha256, step: Count });
export type ResumePoint = z.infer<typeof ResumePoint>;

/** One training of a trial genome to a rung, and its scores. */
export const EvaluationWork = z.strictObject({
  genomeHash: Sha256,
  genome: GenomeJson,
  tier: Label,
  suite: Label,
  suiteVersion: Label,
  trainerVersion: Label,
  datasets: z.array(DatasetRef).max(64),
  replicate: Count,
  device: z.string().max(40),
  split: z.enum(['select', 'report']),
  /** Fractions of the tier's tokens, ascending. `[1]` decays within the budget; others anneal a branch at each. */
  rungs: z.array(Finite).min(1).max(16),
  limits: EvaluationLimits,
  /** Pieces in which the rows of a step are computed, their gradients added: the smaller retry after out of memory. */
  accumulate: Positive.optional(),
  resume: ResumePoint.optional(),
});
export type EvaluationWork = z.infer<typeof EvaluationWork>;

const unit = z.number().min(0).max(1);

/** Numbers are left out when the task has none, or when it crashed and `error` says why. */
export const TaskScore = z.strictObject({
  id: Label,
  family: Label,
  n: Count,
  accuracy: unit.optional(),
  /** (accuracy − chance) / (1 − chance): 0 = always the commonest answer, 1 = perfect. */
  accuracyAboveChance: Finite.optional(),
  /** Nats per answer token. */
  nll: Finite.optional(),
  /** Of text that is written with a tokenizer, where a token is not a byte. */
  bitsPerByte: Finite.optional(),
  chance: unit.optional(),
  baselineNll: Finite.optional(),
  /** Normalised: 0 = chance or baseline, 1 = perfect. */
  score: Finite.optional(),
  low: Finite.optional(),
  high: Finite.optional(),
  /** Score against the binding baseline ln n: what is left after knowing which values are in context. */
  binding: Finite.optional(),
  error: z.string().max(500).optional(),
});
export type TaskScore = z.infer<typeof TaskScore>;

export const Score = z.strictObject({ score: Finite, low: Finite, high: Finite });
export const Quality = z.strictObject({ value: Finite, low: Finite, high: Finite });
export const CurvePoint = z.strictObject({
  fraction: unit,
  tokens: Count,
  quality: Finite,
  families: z.record(z.string(), Finite),
});
/** Families and quality with tasks weighted by signal-to-noise on the reference set; `weights` names the frozen file. */
export const Weighted = z.strictObject({
  weights: Label,
  families: z.record(z.string(), Score),
  quality: Quality,
});
/**
 * The trunk after `tokens`, annealed in a branch of `branchTokens` more that is scored and dropped. Its tokens and
 * core-seconds are also in the outcome's own.
 */
export const RungScore = z.strictObject({
  fraction: unit,
  tokens: Count,
  branchTokens: Count,
  branchCpuSeconds: Finite,
  families: z.record(z.string(), Score),
  quality: Quality,
  qualityBinding: Finite,
  guard: Finite,
  weighted: Weighted.optional(),
});
export type RungScore = z.infer<typeof RungScore>;
export const EvaluationCpuSeconds = z.strictObject({ data: Finite, train: Finite, score: Finite });
/** `trunk`: where a training that ended below its tier's tokens goes on from, to larger rungs. */
export const EvaluationArtifacts = z.strictObject({
  checkpoint: Sha256,
  samples: Sha256,
  trunk: Sha256.optional(),
});

export const EvaluationScored = z.strictObject({
  status: z.literal('scored'),
  suite: Label,
  suiteVersion: Label,
  tasks: z.array(TaskScore).max(1000),
  families: z.record(z.string(), Score),
  quality: Quality,
  qualityBinding: Finite,
  /** exp(mean log(.05 + F)) − .05 over families F ≥ 0: near 0 when one family is. */
  guard: Finite.optional(),
  /** Mean quality at 25, 50 and 100 % of the tokens, from tier xs on; no part of quality. */
  curveArea: Finite.optional(),
  /** Where the suite's version has frozen weights; `quality` itself weighs its tasks equally. */
  weighted: Weighted.optional(),
  curve: z.array(CurvePoint).max(1000),
  /** With other rungs than `[1]`; the scores beside it are those of the last. */
  rungs: z.array(RungScore).max(16).optional(),
  tokens: Count,
  steps: Count,
  seed: Count,
  parameters: Count,
  cpuSeconds: EvaluationCpuSeconds,
  wallSeconds: Finite,
  device: Label,
  /** With `accumulate` a class of its own: sums in another order are other bits. */
  numericClass: Label,
  /** Pieces in which each step was computed, when it did not fit the memory limit whole. */
  accumulate: Positive.optional(),
  /** Model FLOPs utilisation: share of the measured peak. */
  flopsShare: Finite,
  artifacts: EvaluationArtifacts,
  /** Installed packages and their versions, for `environment.txt` of a pulled model. */
  environment: z.record(z.string(), z.string()).optional(),
});
export type EvaluationScored = z.infer<typeof EvaluationScored>;

export const Failed = z.strictObject({
  status: z.literal('failed'),
  class: FailureClass,
  reason: z.string().max(4000),
});
export type Failed = z.infer<typeof Failed>;

export const EvaluationOutcome = z.discriminatedUnion('status', [EvaluationScored, Failed]);
export type EvaluationOutcome = z.infer<typeof EvaluationOutcome>;
