import type { Difference, EvaluationScored, Gap, TaskColumn, TaskScore } from '@asterism/contracts';
import {
  clipped,
  familyScores,
  gapOf,
  normal95,
  pairedNoise,
  resamples,
  scoresOf,
  spread,
} from '@asterism/scores';
import type { Blend } from '../tasks/suites';
import type { Sigmas } from '../tasks/sigmas';
import { mean } from './marks';
import type { Samples } from './samples';

/** One thing's trainings by replicate, and the sums over test rows where they are still stored. */
export interface Side {
  readonly results: ReadonlyMap<number, EvaluationScored>;
  readonly samples: ReadonlyMap<number, Samples>;
}

/** Resampled scores of each task, over the mean of the replicates. */
type Resampled = ReadonlyMap<string, Float64Array>;

/** What two sides differ by, over the replicates that both have; `blend` is how the suite makes quality of families. */
export function differenceOf(
  a: Side,
  b: Side,
  columns: readonly TaskColumn[],
  sigmas: Sigmas,
  blend?: Blend,
): Omit<Difference, 'a' | 'b'> {
  const pairs = [...a.results.keys()].filter((replicate) => b.results.has(replicate));
  const rows = { a: resampledOnce(a, pairs), b: resampledOnce(b, pairs) };
  const byRows = rows.a !== undefined && rows.b !== undefined;
  const gap = (read: Reader, sigma: number | undefined, itemNoise: number | undefined): Gap | null => {
    const found = pairs.map(
      (replicate) => [read(a.results.get(replicate)!), read(b.results.get(replicate)!)] as const,
    );
    const differences = found.map(([x, y]) => (x && y ? x.value - y.value : undefined));
    const difference = mean(differences);
    if (difference === null) return null;
    const items = itemNoise ?? intervalNoise(found as readonly (readonly [Read, Read])[]);
    return gapOf(difference, { items, seeds: pairedNoise(differences as number[], sigma).half });
  };
  const families = [...new Set(columns.map(({ family }) => family))];
  const countedOf = (name: string): readonly TaskColumn[] =>
    columns.filter(({ family, counted }) => family === name && counted !== false);
  const some = (known: ReadonlyMap<string, number>): number | undefined => [...known.values()][0];
  return {
    pairs: pairs.length,
    items: byRows ? 'rows' : 'intervals',
    seeds: {
      quality: pairedNoise(pairs, sigmas.quality).from,
      families: pairedNoise(pairs, some(sigmas.families)).from,
      tasks: pairedNoise(pairs, some(sigmas.tasks)).from,
    },
    quality: gap(
      ({ quality }) => quality,
      sigmas.quality,
      byRows && blend ? qualityNoise(rows.a!, rows.b!, families.map(countedOf), blend) : undefined,
    ) ?? {
      difference: 0,
      verdict: 'cannot tell',
    },
    families: Object.fromEntries(
      families.flatMap((name) => {
        const noise = byRows ? familyNoise(rows.a!, rows.b!, countedOf(name)) : undefined;
        const found = gap((result) => familyRead(result, name), sigmas.families.get(name), noise);
        return found === null ? [] : [[name, found]];
      }),
    ),
    tasks: columns.map(({ id }) =>
      gap(
        (result) => taskRead(result, id),
        sigmas.tasks.get(id),
        taskNoise(rows.a?.get(id), rows.b?.get(id)),
      ),
    ),
  };
}

interface Read {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}
type Reader = (result: EvaluationScored) => Read | undefined;

function familyRead({ families }: EvaluationScored, name: string): Read | undefined {
  const found = families[name];
  return found && { value: found.score, low: found.low, high: found.high };
}

function taskRead({ tasks }: EvaluationScored, id: string): Read | undefined {
  const found: TaskScore | undefined = tasks.find((task) => task.id === id);
  if (found?.error !== undefined || found?.score === undefined) return undefined;
  const { score, low = score, high = score } = found;
  return { value: clipped(score), low: clipped(low), high: clipped(high) };
}

/** Without rows the two intervals stand as if independent: wider than the truth, for shared rows go together. */
function intervalNoise(pairs: readonly (readonly [Read, Read])[]): number {
  const errors = pairs.map(([a, b]) => Math.hypot(a.high - a.low, b.high - b.low) / (2 * normal95));
  return mean(errors) ?? 0;
}

function taskNoise(a: Float64Array | undefined, b: Float64Array | undefined): number | undefined {
  return a && b && spread(a.map((value, k) => value - b[k]!));
}

function familyNoise(a: Resampled, b: Resampled, counted: readonly TaskColumn[]): number | undefined {
  return taskNoise(familyOf(a, counted), familyOf(b, counted));
}

function familyOf(rows: Resampled, counted: readonly TaskColumn[]): Float64Array | undefined {
  const count = [...rows.values()][0]?.length;
  if (count === undefined || counted.length === 0) return undefined;
  return familyScores(
    counted.map(({ id }) => rows.get(id) ?? null),
    count,
  );
}

function qualityNoise(
  a: Resampled,
  b: Resampled,
  families: readonly (readonly TaskColumn[])[],
  blend: Blend,
): number | undefined {
  return taskNoise(qualityOf(a, families, blend), qualityOf(b, families, blend));
}

/** Quality for every resample, as asterism.evaluation.aggregate makes it. */
function qualityOf(
  rows: Resampled,
  families: readonly (readonly TaskColumn[])[],
  { textFamilies, textWeight }: Blend,
): Float64Array | undefined {
  const text: Float64Array[] = [];
  const rest: Float64Array[] = [];
  for (const counted of families) {
    const scores = familyOf(rows, counted);
    if (scores !== undefined) (textFamilies.includes(counted[0]!.family) ? text : rest).push(scores);
  }
  const weight = text.length > 0 ? textWeight : 0;
  const meanAt = (of: readonly Float64Array[], k: number): number =>
    of.length === 0 ? 0 : of.reduce((sum, each) => sum + each[k]!, 0) / of.length;
  return rest[0]?.map((_, k) => (1 - weight) * meanAt(rest, k) + weight * meanAt(text, k));
}

const remembered = new WeakMap<Side, Map<string, Resampled | undefined>>();

/** Each side is resampled once for all its pairs. */
function resampledOnce(side: Side, replicates: readonly number[]): Resampled | undefined {
  const known = remembered.get(side) ?? new Map<string, Resampled | undefined>();
  remembered.set(side, known);
  const key = replicates.join();
  if (!known.has(key)) known.set(key, resampled(side, replicates));
  return known.get(key);
}

/** Undefined where one replicate's rows are gone. Baselines are of the rows alone, so replicates share them. */
function resampled({ samples }: Side, replicates: readonly number[]): Resampled | undefined {
  const found = replicates.flatMap((replicate) => samples.get(replicate) ?? []);
  const [first] = found;
  if (first === undefined || found.length < replicates.length) return undefined;
  return new Map(
    [...first].flatMap(([id, { baseline }]) => {
      const nlls = found.flatMap((tasks) => tasks.get(id)?.nll ?? []);
      if (nlls.length < found.length || nlls.some(({ length }) => length !== baseline.length)) return [];
      const nll = baseline.map((_, row) => nlls.reduce((sum, each) => sum + each[row]!, 0) / nlls.length);
      return [[id, scoresOf({ nll, baseline }, resamples(baseline.length)).map(clipped)]];
    }),
  );
}
