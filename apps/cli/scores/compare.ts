import type { Difference, Gap, ScoredItem, ScoreSheet } from '@asterism/contracts';
import { tally, type Tally } from '@asterism/scores';
import { measure, number } from '../output/format';
import { table, type Column } from '../output/table';
import { contextsSideBySide } from './context';

const MOST_TASKS = 12;

/** Up to five side by side: costs, families, and for every pair what differs beyond noise. */
export function comparison(sheet: ScoreSheet, labels: readonly string[]): string {
  const { suite, suiteVersion, tier, split } = sheet;
  return [
    `suite ${suite} version ${suiteVersion}, tier ${tier}, split ${split}`,
    ...sheet.items.map(
      ({ code, evaluations }, at) =>
        `${letter(at)}  ${labels[at]}  ${code}  ${evaluations.length === 1 ? '1 seed' : `${evaluations.length} seeds`}`,
    ),
    ...sheet.notes,
    '',
    objectives(sheet.items),
    '',
    families(sheet),
    ...after(contextsSideBySide(sheet.items, letter)),
    ...sheet.differences.flatMap((difference) => ['', ...pair(sheet, difference, labels)]),
  ].join('\n');
}

const after = (lines: readonly string[]): readonly string[] => (lines.length === 0 ? [] : ['', ...lines]);

const letter = (at: number): string => 'ABCDE'.charAt(at);

function objectives(items: readonly ScoredItem[]): string {
  const metrics = [
    ...new Set(items.flatMap(({ candidate }) => candidate?.objectives.map(({ metric }) => metric) ?? [])),
  ].filter((metric) => metric !== 'quality');
  return table(
    ['quality', ...metrics],
    [
      { title: 'objective', value: (metric) => metric },
      ...items.map((item, at) => ({
        title: letter(at),
        value: (metric: string) =>
          metric === 'quality'
            ? withInterval('quality', item.quality.value, [item.quality.low, item.quality.high])
            : withInterval(metric, item.candidate?.values[metric], item.candidate?.intervals[metric]),
      })),
    ],
  );
}

function withInterval(
  metric: string,
  value: number | undefined,
  interval: readonly number[] | undefined,
): string {
  const edges = interval?.map((edge) => measure(metric, edge)).join(' to ');
  return edges === undefined ? measure(metric, value) : `${measure(metric, value)} (${edges})`;
}

function families({ families: names, items }: ScoreSheet): string {
  return table(names, [
    { title: 'family', value: (name) => name },
    ...items.map(({ families: scores }, at): Column<string> => ({
      title: letter(at),
      value: (name) => {
        const found = scores[name];
        return found === undefined
          ? '–'
          : `${found.score.toFixed(3)} (${found.low.toFixed(3)} to ${found.high.toFixed(3)})`;
      },
    })),
  ]);
}

function pair({ tasks }: ScoreSheet, difference: Difference, labels: readonly string[]): string[] {
  const { a, b, quality, pairs } = difference;
  const byTask = tasks.flatMap(({ id }, at): [string, Gap][] => {
    const gap = difference.tasks[at];
    return gap ? [[id, gap]] : [];
  });
  const interval =
    quality.low === undefined
      ? 'no interval: seed noise is unknown'
      : `95 % interval ${number(quality.low)} to ${number(quality.high)}`;
  return [
    `${labels[a]} against ${labels[b]}: ${quality.verdict} (quality difference ${number(quality.difference)}, ${interval}, ${pairs} paired ${pairs === 1 ? 'seed' : 'seeds'})`,
    ...beyondNoise('families', Object.entries(difference.families)),
    ...beyondNoise('tasks', byTask),
    ...chanceLines(tally(difference.tasks)),
  ];
}

function chanceLines({ of, better, worse, byChance }: Tally): string[] {
  return byChance === null
    ? ['  tasks cannot be told apart: their seed noise is unknown; compare with --seeds']
    : [`  of ${of} tasks ${better} better, ${worse} worse; about ${byChance} differ by chance at 95 %`];
}

/** The names whose gap is decided, the widest first. */
function beyondNoise(what: string, gaps: readonly (readonly [string, Gap])[]): string[] {
  return (['better', 'worse'] as const).flatMap((verdict) => {
    const found = gaps
      .filter(([, gap]) => gap.verdict === verdict)
      .sort(([, x], [, y]) => Math.abs(y.difference) - Math.abs(x.difference));
    if (found.length === 0) return [];
    const shown = found.slice(0, MOST_TASKS).map(([name, { difference }]) => `${name} ${signed(difference)}`);
    const more = found.length > MOST_TASKS ? ` and ${found.length - MOST_TASKS} more` : '';
    return [`  ${verdict} in ${what}: ${shown.join(', ')}${more}`];
  });
}

const signed = (value: number): string => `${value < 0 ? '−' : '+'}${number(Math.abs(value))}`;
