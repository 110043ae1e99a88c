import type { Difference, TaskColumn } from '../api/types';
import { significant } from './format';

/** Quality reads scores inside these bounds; what lies outside is drawn as if it lay on them. */
export const FLOOR = -0.1;
export const CEILING = 1;

/** Marks a task that failed, as `asterism tasks` does. */
export const FAILED = 'x';

/** Where a score stands on the scale of colours: 0 at the floor, 1 for perfect. */
export function heatFraction(score: number): number {
  return (Math.min(Math.max(score, FLOOR), CEILING) - FLOOR) / (CEILING - FLOOR);
}

/** A line of the map: a family's heading, or one of its tasks with its place in the columns of scores. */
export type HeatLine =
  | { readonly family: string; readonly at: null }
  | { readonly family: string; readonly at: number; readonly task: TaskColumn };

/** Tasks under their families' headings, in the order given; `counted` leaves out what quality does not read. */
export function heatLines(tasks: readonly TaskColumn[], which: 'counted' | 'all'): readonly HeatLine[] {
  const shown = tasks
    .map((task, at) => ({ task, at }))
    .filter(({ task }) => which === 'all' || task.counted !== false);
  const families = [...new Set(shown.map(({ task }) => task.family))];
  return families.flatMap((family): HeatLine[] => [
    { family, at: null },
    ...shown.filter(({ task }) => task.family === family).map(({ task, at }) => ({ family, at, task })),
  ]);
}

/** A column's numbers, in the order of the tasks. */
export interface HeatCells {
  readonly title: string;
  readonly score: readonly (number | null)[];
  readonly low: readonly (number | null)[];
  readonly high: readonly (number | null)[];
  /** Why a task has no score, by its id. */
  readonly errors: Readonly<Record<string, string>>;
}

/** What a cell says when it is pointed at: score and interval, or why there is none. */
export function cellWords(cells: HeatCells, task: TaskColumn, at: number): readonly string[] {
  const [score, low, high] = [cells.score[at], cells.low[at], cells.high[at]];
  const known = (value: number | null | undefined) => value !== null && value !== undefined;
  const interval = known(low) && known(high) ? `  (${significant(low!)} to ${significant(high!)})` : '';
  return [
    known(score)
      ? `${cells.title}  ${significant(score!)}${interval}`
      : `${cells.title}  failed: ${cells.errors[task.id] ?? 'no score'}`,
    ...(task.trained === false ? ['never trained in this form'] : []),
  ];
}

/** How many of the others item `item` beats beyond noise on task number `task`. */
export function beaten(differences: readonly Difference[], item: number, task: number): number {
  return differences.filter(({ a, b, tasks }) => {
    const verdict = tasks[task]?.verdict;
    return (a === item && verdict === 'better') || (b === item && verdict === 'worse');
  }).length;
}

/** A, B, C … for what is compared: a name that fits into any picture. */
export function letterAt(index: number): string {
  return String.fromCharCode(65 + index);
}
