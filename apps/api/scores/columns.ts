import type { EvaluationScored, TaskColumn } from '@asterism/contracts';
import type { SuiteTask } from '../tasks/suites';
import type { Frozen } from '../tasks/weights';

type Scores = Pick<EvaluationScored, 'tasks'>;

/** Every task that one of the results has, its family's tasks together, in the order of the first result. */
export function columnsOf(
  results: readonly Scores[],
  known: readonly SuiteTask[],
  frozen: Frozen | undefined,
): { readonly families: string[]; readonly tasks: TaskColumn[] } {
  const found = new Map(results.flatMap(({ tasks }) => tasks).map(({ id, family }) => [id, family]));
  const families = [...new Set(found.values())];
  const entries = new Map(known.map((task) => [task.id, task]));
  const weights = new Map(frozen?.tasks.map((task) => [task.id, task]));
  const tasks = families.flatMap((family) =>
    [...found]
      .filter(([, its]) => its === family)
      .map(([id]) => column(id, family, entries.get(id), weights.get(id))),
  );
  return { families, tasks };
}

function column(
  id: string,
  family: string,
  entry: SuiteTask | undefined,
  weighed: Frozen['tasks'][number] | undefined,
): TaskColumn {
  return {
    id,
    family,
    description: entry?.description ?? null,
    length: entry?.settings.length ?? null,
    trained: entry?.trained ?? null,
    counted: entry?.countsInQuality ?? null,
    chance: entry?.chance ?? null,
    weight: weighed?.weight ?? null,
    // What quality never reads has no weight either, and was not dropped.
    ...(weighed?.weight === 0 && entry?.countsInQuality !== false ? { dropped: weighed.reason } : {}),
  };
}
