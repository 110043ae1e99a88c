import type { Difference, TaskColumn } from '../api/types';

/** Quality reads scores inside these bounds; what lies outside is drawn as if it lay on them. */
const FLOOR = -0.1;
const CEILING = 1;

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
