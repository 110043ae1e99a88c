import type { EvaluationOutcome, EvaluationScored, ProfileOutcome } from '@asterism/contracts';
import {
  broken,
  failureClasses,
  namedMetrics,
  scoredBy,
  type DecisionResult,
  type ResolvedSearch,
  type ResultClass,
} from '@asterism/search';
import type { WorkState } from '../leases/work';
import type { Db } from '../persistence/database';
import type { Sigmas } from '../tasks/sigmas';

/** The part of a work row that a result is made of. */
export interface MeasuredRow {
  readonly id: string;
  readonly kind: string;
  readonly state: WorkState;
  readonly target: string;
  readonly class: string | null;
  readonly outcome: EvaluationOutcome | ProfileOutcome | null;
}

type Values = Record<string, number>;
export interface Measured {
  readonly values: Readonly<Values>;
  readonly intervals: Readonly<Record<string, readonly [number, number]>>;
}

const unknownSigmas: Sigmas = { families: new Map(), tasks: new Map() };

/** Two-sided 95 % of a normal distribution, in standard deviations. */
const Z_95 = 1.96;

/** The interval over test items, widened by what another training seed would change. */
function withSeedNoise(
  { value, low, high }: { readonly value: number; readonly low: number; readonly high: number },
  noise: number | undefined,
): readonly [number, number] {
  if (noise === undefined) return [low, high];
  const half = Math.hypot((high - low) / 2, Z_95 * noise);
  return [value - half, value + half];
}

/**
 * The values that a candidate's rows hold, under the names that specs use; `sigmas` are what another seed changes;
 * `scores` beside quality are those that the search names.
 */
export function measuredBy(
  rows: readonly MeasuredRow[],
  sigmas: Sigmas = unknownSigmas,
  scores: readonly string[] = [],
): Measured {
  const values: Values = {};
  const intervals: Record<string, readonly [number, number]> = {};
  for (const { outcome, target } of rows) {
    if (outcome?.status === 'scored') {
      values['quality'] = outcome.quality.value;
      intervals['quality'] = withSeedNoise(outcome.quality, sigmas.quality);
      for (const metric of scores) {
        const score = scoreOf(outcome, metric);
        if (score === undefined) continue;
        values[metric] = score.value;
        intervals[metric] = withSeedNoise(score, sigmaOf(sigmas, metric));
      }
      // A row of the database says null where a result says nothing.
      if (scores.includes('guard') && typeof outcome.guard === 'number') values['guard'] = outcome.guard;
      if (scores.includes('qualityWeighted') && outcome.weighted) {
        values['qualityWeighted'] = outcome.weighted.quality.value;
        intervals['qualityWeighted'] = withSeedNoise(outcome.weighted.quality, sigmas.quality);
      }
    }
    if (outcome?.status !== 'measured') continue;
    for (const [metric, value] of Object.entries(outcome.metrics)) values[onTarget(metric, target)] = value;
    for (const [metric, range] of Object.entries(outcome.intervals)) {
      if (range[0] !== undefined && range[1] !== undefined)
        intervals[onTarget(metric, target)] = [range[0], range[1]];
    }
  }
  return { values, intervals };
}

/** The score of `tasks.<id>` or `families.<name>`; a task that crashed has the lowest one. */
function scoreOf(
  { tasks, families }: EvaluationScored,
  metric: string,
): { readonly value: number; readonly low: number; readonly high: number } | undefined {
  const { group, id } = scoredBy(metric) ?? {};
  if (id === undefined) return undefined;
  const found = group === 'tasks' ? tasks.find((task) => task.id === id) : families[id];
  const { score, low, high } = found ?? {};
  if (score === undefined || low === undefined || high === undefined) return undefined;
  return { value: score, low, high };
}

function sigmaOf({ families, tasks }: Sigmas, metric: string): number | undefined {
  const { group, id = '' } = scoredBy(metric) ?? {};
  return group === 'tasks' ? tasks.get(id) : families.get(id);
}

/** What the search names of a training beside its quality: scores of tasks and families, the guard, the weighted form. */
export function scoresNamed(search: ResolvedSearch): readonly string[] {
  return namedMetrics(search).flatMap(({ metric, source }) =>
    source === 'evaluation' && metric !== 'quality' ? [metric] : [],
  );
}

/** `decodeMsP50/ctx4096` on `cpu/torch/fp32` is `decodeMsP50@cpu/torch/fp32/ctx4096` in a spec. */
function onTarget(metric: string, target: string): string {
  const at = metric.indexOf('/');
  return at === -1 ? `${metric}@${target}` : `${metric.slice(0, at)}@${target}${metric.slice(at)}`;
}

/** Measures before it trains: the search has a hard limit on something that only a profile tells. */
export function profilesFirst(search: ResolvedSearch): boolean {
  return search.constraints.some(({ source }) => source === 'profile');
}

export type Step =
  | { readonly kind: 'wait' }
  | { readonly kind: 'train' }
  | { readonly kind: 'result'; readonly result: DecisionResult };

const ended = ({ state }: MeasuredRow): boolean => state === 'finished' || state === 'failed';

/** What follows for an open candidate from the rows it has so far. */
export function stepOf(search: ResolvedSearch, rows: readonly MeasuredRow[]): Step {
  if (!rows.every(ended)) return { kind: 'wait' };
  const { values } = measuredBy(rows, unknownSigmas, scoresNamed(search));
  const failed = rows.find(({ state }) => state === 'failed');
  if (failed !== undefined)
    return {
      kind: 'result',
      result: { status: 'failed', class: classOf(failed.class), values: named(search, values) },
    };
  if (rows.some(({ kind }) => kind === 'evaluation')) {
    return {
      kind: 'result',
      result: { status: 'measured', rungs: [{ fraction: 1, values: named(search, values) }] },
    };
  }
  return broken(search.constraints, values).length > 0
    ? { kind: 'result', result: { status: 'failed', class: 'constraint', values: named(search, values) } }
    : { kind: 'train' };
}

/** The engine reads what the search names and nothing else. */
function named(search: ResolvedSearch, values: Readonly<Values>): Values {
  const wanted = namedMetrics(search).flatMap(({ metric }) =>
    values[metric] === undefined ? [] : [[metric, values[metric]] as const],
  );
  return Object.fromEntries(wanted);
}

function classOf(name: string | null): ResultClass {
  return failureClasses.find((known) => known === name) ?? 'poison';
}

/** The rows without curves and without the scores of tasks that nobody names, which are most of their bytes. */
export async function measuredRows(
  db: Db,
  search: ResolvedSearch,
  ids: readonly string[],
): Promise<Map<string, MeasuredRow>> {
  if (ids.length === 0) return new Map();
  const tasks = scoresNamed(search).flatMap((metric) => scoredBy(metric)?.id ?? []);
  const rows = await db.$queryRaw<MeasuredRow[]>`
    SELECT id, kind, state, target, class, CASE WHEN outcome IS NOT NULL THEN jsonb_build_object('status', outcome -> 'status',
      'quality', outcome -> 'quality', 'guard', outcome -> 'guard', 'weighted', outcome -> 'weighted', 'metrics', outcome -> 'metrics', 'intervals', outcome -> 'intervals',
      'tasks', (SELECT coalesce(jsonb_agg(task), '[]') FROM jsonb_array_elements(outcome -> 'tasks') AS task WHERE task ->> 'id' = ANY(${tasks}::text[])),
      'families', outcome -> 'families') END AS outcome
    FROM work WHERE id = ANY(${[...new Set(ids)]}::text[])`;
  return new Map(rows.map((row) => [row.id, row]));
}
