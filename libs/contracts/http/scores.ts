import { z } from 'zod';
import { Count, Finite, Interval, Sha256, idOf } from '../primitives';
import { CurvePoint, Quality, Score } from '../worker/evaluation';
import { ObjectiveView } from './search';

/** A task as columns of scores name it; what the suites' catalogue does not know (a dataset of yours) is null. */
export const TaskColumn = z.strictObject({
  id: z.string(),
  family: z.string(),
  description: z.string().nullable(),
  /** Tokens of one row. */
  length: Count.nullable(),
  /** False where training never shows this setting. */
  trained: z.boolean().nullable(),
  /** Whether quality reads it. */
  counted: z.boolean().nullable(),
  chance: Finite.nullable(),
  /** Weight by signal-to-noise on the reference set; null where the suite's version has no frozen weights. */
  weight: Finite.nullable(),
  /** Why the weights leave it out. */
  dropped: z.string().optional(),
});
export type TaskColumn = z.infer<typeof TaskColumn>;

/** Mean accuracy of the long-context tasks that are scored at a length. */
export const ContextPoint = z.strictObject({
  length: Count,
  accuracy: Finite,
  /** Mean of the tasks' chance levels; null where one is unknown. */
  chance: Finite.nullable(),
  tasks: z.array(z.string()),
});
export type ContextPoint = z.infer<typeof ContextPoint>;

/** RULER's effective context; 0 where no length holds. */
export const EffectiveContext = z.strictObject({
  points: z.array(ContextPoint),
  /** Longest length with a mean of at least 0.856. */
  absolute: Count,
  /** Longest length with at least 0.85 of the mean at its own shortest length. */
  relative: Count,
  /** Whether every length asks the same tasks; else the curve also shows how hard they are. */
  sameTasks: z.boolean(),
});
export type EffectiveContext = z.infer<typeof EffectiveContext>;

/** Numbers of what was scored; arrays stand in the order of `tasks`, to six digits, null where it has none. */
const marks = {
  quality: Quality,
  families: z.record(z.string(), Score),
  score: z.array(Finite.nullable()),
  low: z.array(Finite.nullable()),
  high: z.array(Finite.nullable()),
  accuracy: z.array(Finite.nullable()),
  /** Why a task has no score, by its id. */
  errors: z.record(z.string(), z.string()),
  context: EffectiveContext.nullable(),
};

export const ScoreRow = z.strictObject({
  id: idOf('cand'),
  n: Count,
  name: z.string().nullable(),
  code: z.string(),
  apart: z.string().optional(),
  onFront: z.boolean(),
  confirmed: z.boolean(),
  evaluationId: idOf('eval'),
  ...marks,
});
export type ScoreRow = z.infer<typeof ScoreRow>;

/** Tasks × candidates of one search: a page of its scored candidates. Tasks are sorted by family. */
export const ScoreBoard = z.strictObject({
  search: idOf('srch'),
  tier: z.string(),
  suite: z.string(),
  suiteVersion: z.string(),
  families: z.array(z.string()),
  tasks: z.array(TaskColumn),
  items: z.array(ScoreRow),
  next: z.string().optional(),
  total: Count,
});
export type ScoreBoard = z.infer<typeof ScoreBoard>;

/** a − b with the 95 % interval of test items and training seeds; no interval where seed noise is unknown. */
export const Gap = z.strictObject({
  difference: Finite,
  low: Finite.optional(),
  high: Finite.optional(),
  verdict: z.enum(['better', 'worse', 'cannot tell']),
});
export type Gap = z.infer<typeof Gap>;

/** Between the pairs, from the suite's reference set, or unknown: then nothing can be told. */
export const SeedNoise = z.enum(['pairs', 'reference', 'unknown']);
export type SeedNoise = z.infer<typeof SeedNoise>;

/** How item `a` differs from item `b` (places in `items`) over the replicates that both have. */
export const Difference = z.strictObject({
  a: Count,
  b: Count,
  /** Replicates that both were trained on. */
  pairs: Count,
  /** Noise of test items in families and tasks: resampled over the rows both were asked, or from intervals where rows are gone. */
  items: z.enum(['rows', 'intervals']),
  /** Where the noise of training seeds comes from. */
  seeds: z.strictObject({ quality: SeedNoise, families: SeedNoise, tasks: SeedNoise }),
  quality: Gap,
  families: z.record(z.string(), Gap),
  /** In the order of `tasks`, clipped to [−0.1, 1] as in quality; null where one of them has no score. */
  tasks: z.array(Gap.nullable()),
});
export type Difference = z.infer<typeof Difference>;

export const ScoredCandidate = z.strictObject({
  id: idOf('cand'),
  n: Count,
  searchId: idOf('srch'),
  searchName: z.string(),
  onFront: z.boolean(),
  confirmed: z.boolean(),
  objectives: z.array(ObjectiveView),
  values: z.record(z.string(), Finite),
  intervals: z.record(z.string(), Interval),
});

/** A candidate or an evaluation with everything it scored: means over its replicates. */
export const ScoredItem = z.strictObject({
  /** As it was asked for. */
  id: z.string(),
  /** Library name, `#n`, or the beginning of its genome's hash. */
  label: z.string(),
  code: z.string(),
  genomeHash: Sha256,
  /** Null for an evaluation outside any search. */
  candidate: ScoredCandidate.nullable(),
  /** One per replicate, ascending. */
  evaluations: z.array(
    z.strictObject({ id: idOf('eval'), replicate: Count, numericClass: z.string(), quality: Finite }),
  ),
  ...marks,
  /** With tasks weighted by signal-to-noise; null where the suite's version has no weights. */
  qualityWeighted: Finite.nullable(),
  guard: Finite.nullable(),
  curveArea: Finite.nullable(),
  /** Learning curve of the first replicate. */
  curve: z.array(CurvePoint),
});
export type ScoredItem = z.infer<typeof ScoredItem>;

/** One to five things side by side, of one suite, version, tier, trainer and split. */
export const ScoreSheet = z.strictObject({
  tier: z.string(),
  suite: z.string(),
  suiteVersion: z.string(),
  split: z.enum(['select', 'report']),
  families: z.array(z.string()),
  tasks: z.array(TaskColumn),
  items: z.array(ScoredItem),
  /** Every pair, `a` before `b`; empty for one item. */
  differences: z.array(Difference),
  /** What a reader has to know, such as numeric classes that differ. */
  notes: z.array(z.string()),
});
export type ScoreSheet = z.infer<typeof ScoreSheet>;
