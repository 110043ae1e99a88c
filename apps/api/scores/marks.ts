import type { EvaluationScored, ScoreRow, TaskColumn, TaskScore } from '@asterism/contracts';
import { contextCurve, effectiveContext } from '@asterism/scores';
import type { SuiteTask } from '../tasks/suites';

export type Marks = Pick<
  ScoreRow,
  'quality' | 'families' | 'score' | 'low' | 'high' | 'accuracy' | 'errors' | 'context'
>;

/** Means over the replicates of one genome, as columns; the suite's tasks say how long the rows were. */
export function marksOf(
  results: readonly EvaluationScored[],
  columns: readonly TaskColumn[],
  known: readonly SuiteTask[],
): Marks {
  const tables = results.map(({ tasks }) => new Map(tasks.map((task) => [task.id, task])));
  const meanOf = (id: string, key: Numbers): number | null =>
    mean(tables.map((table) => valueOf(table.get(id), key)));
  const column = (key: Numbers): (number | null)[] => columns.map(({ id }) => short(meanOf(id, key)));
  const asked = known.map(({ id, source, settings }) => ({ id, source, length: settings.length ?? null }));
  const context = effectiveContext(
    contextCurve(asked, (id) => ({
      accuracy: meanOf(id, 'accuracy') ?? undefined,
      chance: meanOf(id, 'chance') ?? undefined,
    })),
  );
  const [first] = results;
  return {
    quality: meanScore(results.map(({ quality }) => quality)),
    families: Object.fromEntries(
      Object.keys(first?.families ?? {}).map((name) => [
        name,
        meanScore(results.flatMap(({ families }) => families[name] ?? [])),
      ]),
    ),
    score: column('score'),
    low: column('low'),
    high: column('high'),
    accuracy: column('accuracy'),
    errors: Object.fromEntries(
      results.flatMap(({ tasks }) =>
        tasks.flatMap(({ id, error }) => (error === undefined ? [] : [[id, error]])),
      ),
    ),
    context: context && {
      ...context,
      points: context.points.map((point) => ({ ...point, tasks: [...point.tasks] })),
    },
  };
}

type Numbers = 'score' | 'low' | 'high' | 'accuracy' | 'chance';

function valueOf(task: TaskScore | undefined, key: Numbers): number | undefined {
  return task === undefined || task.error !== undefined ? undefined : task[key];
}

/** Null where a replicate has none: a mean over others would be of other trainings. */
export function mean(values: readonly (number | undefined)[]): number | null {
  if (values.length === 0 || values.some((value) => value === undefined)) return null;
  return (values as number[]).reduce((sum, value) => sum + value, 0) / values.length;
}

/** Each number's mean: the replicates were asked the same rows, so more of them do not narrow that interval. */
function meanScore<T extends object>(scores: readonly T[]): T {
  const [first] = scores as readonly Readonly<Record<string, number>>[];
  return Object.fromEntries(
    Object.keys(first ?? {}).map((key) => [
      key,
      mean((scores as readonly Readonly<Record<string, number>>[]).map((score) => score[key])),
    ]),
  ) as T;
}

const short = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(6)));
