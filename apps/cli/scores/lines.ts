import type { ScoredItem, ScoreSheet, TaskColumn } from '@asterism/contracts';
import { intervalBar, type Drawing } from '../output/bars';
import { number } from '../output/format';
import { table } from '../output/table';
import { contextLines } from './context';

/** One item's scores: quality, families as bars, the learning curve, effective context. */
export function scoreLines(sheet: ScoreSheet, drawing: Drawing): string[] {
  const item = sheet.items[0]!;
  return [
    qualityLine(sheet, item),
    '',
    familyBars(sheet.families, item, drawing),
    '',
    curveTable(item),
    ...(item.context === null ? [] : ['', ...contextLines(item.context, drawing)]),
  ];
}

export function qualityLine(
  { suite, suiteVersion, tier, split }: ScoreSheet,
  { quality, evaluations, qualityWeighted, guard, curveArea }: ScoredItem,
): string {
  const seeds = evaluations.length === 1 ? '1 seed' : `mean of ${evaluations.length} seeds`;
  const more = [
    ...(qualityWeighted === null ? [] : [`weighted ${number(qualityWeighted)}`]),
    ...(guard === null ? [] : [`guard ${number(guard)}`]),
    ...(curveArea === null ? [] : [`curve area ${number(curveArea)}`]),
  ].map((text) => `, ${text}`);
  return `quality ${number(quality.value)} (${number(quality.low)} to ${number(quality.high)} over test items, ${seeds})${more.join('')}; suite ${suite} version ${suiteVersion}, tier ${tier}, split ${split}`;
}

function familyBars(families: readonly string[], item: ScoredItem, drawing: Drawing): string {
  const rows = families.flatMap((name) => {
    const found = item.families[name];
    return found === undefined ? [] : [{ name, ...found }];
  });
  return table(rows, [
    { title: 'family', value: ({ name }) => name },
    { title: 'score', right: true, value: ({ score }) => score.toFixed(3) },
    { title: '95 % interval', value: ({ low, high }) => `${low.toFixed(3)} to ${high.toFixed(3)}` },
    { title: '-0.1 to 1', value: (row) => intervalBar(row, drawing) },
  ]);
}

function curveTable({ curve }: ScoredItem): string {
  return table(curve, [
    { title: 'tokens', right: true, value: ({ tokens }) => number(tokens) },
    { title: 'of the tier', right: true, value: ({ fraction }) => `${Math.round(fraction * 100)} %` },
    { title: 'quality', right: true, value: ({ quality }) => number(quality) },
  ]);
}

/** Every task of one item. */
export function taskTable({ tasks, items }: ScoreSheet): string {
  const item = items[0]!;
  const rows = tasks.map((task, at) => ({ task, at }));
  const of = (values: readonly (number | null)[], at: number): string => number(values[at]);
  return table(rows, [
    { title: 'task', value: ({ task }) => task.id },
    { title: 'family', value: ({ task }) => task.family },
    { title: 'length', right: true, value: ({ task }) => number(task.length) },
    { title: 'accuracy', right: true, value: ({ at }) => of(item.accuracy, at) },
    { title: 'chance', right: true, value: ({ task }) => number(task.chance) },
    { title: 'score', right: true, value: ({ at }) => of(item.score, at) },
    {
      title: '95 % interval',
      value: ({ task, at }) => item.errors[task.id] ?? `${of(item.low, at)} to ${of(item.high, at)}`,
    },
    { title: '', value: ({ task }) => notesOf(task) },
  ]);
}

/** What keeps a task from counting. */
export function notesOf({ trained, dropped }: TaskColumn): string {
  return [
    ...(trained === false ? ['untrained'] : []),
    ...(dropped === undefined ? [] : [`dropped: ${dropped}`]),
  ].join(', ');
}
