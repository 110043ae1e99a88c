import type { ScoredItem } from '@asterism/contracts';
import { proportion95, toldContext, type Context, type Point } from '@asterism/scores';
import { shareBar, type Drawing } from '../output/bars';
import { number } from '../output/format';
import { table, type Column } from '../output/table';

/** The curve of accuracy against length, and what may be said of it. */
export function contextLines(context: Context, drawing: Drawing): string[] {
  const known = context.points.some(({ low }) => low !== undefined);
  return [
    ...heldLines(context),
    table(context.points, [
      { title: 'length', right: true, value: ({ length }) => String(length) },
      { title: 'accuracy', right: true, value: ({ accuracy }) => number(accuracy) },
      ...(known ? [{ title: '95 % interval', value: interval }] : []),
      { title: 'chance', right: true, value: ({ chance }) => number(chance) },
      { title: 'tasks', right: true, value: ({ tasks }) => String(tasks.length) },
      { title: '0 to 1', value: ({ accuracy }) => shareBar(accuracy, drawing) },
    ]),
  ];
}

function heldLines(context: Context): string[] {
  const { absolute, relative, why } = toldContext(context);
  if (absolute === null) return [`effective context is not told: ${why}`, ELSEWHERE];
  const shortest = Math.min(...context.points.map(({ length }) => length));
  return [
    `effective context ${held(absolute)} (mean accuracy of .856, the threshold of RULER), ${held(relative)} (.85 of its own mean at ${shortest}, the share of NoLiMa)`,
    ...(why === undefined ? [] : [`  ${why}`]),
  ];
}

const ELSEWHERE = '  `asterism context <candidate>` asks the same tasks at every length';

const held = (length: number | null): string =>
  length === null ? 'not told' : length === 0 ? 'none' : `${length} tokens`;

const interval = ({ low, high }: Point): string =>
  low === undefined || high === undefined ? '–' : `${number(low)} to ${number(high)}`;

/** What `python -m asterism context --json` answers; `left` says why tasks were not asked. */
export interface Curve extends Context {
  readonly left: Readonly<Record<string, string>>;
}

/**
 * Each point with its 95 % interval. Rows are independent, answers within one are not: at most the noise of one
 * answer for each row, as if all tasks were alike, which is never less than if they differ.
 */
export function withIntervals(curve: Curve, rows: number): Curve {
  const points = curve.points.map((point) => {
    const [low, high] = proportion95(point.accuracy, rows * point.tasks.length);
    return { ...point, low, high };
  });
  return { ...curve, points };
}

export function curveLines(curve: Curve, drawing: Drawing): string[] {
  const left = Object.entries(curve.left).map(([id, reason]) => `left out: ${id}, ${reason}`);
  return [...contextLines(curve, drawing), ...left];
}

/** Accuracy by length, side by side; what may be said once where it is the same for all. */
export function contextsSideBySide(items: readonly ScoredItem[], letter: (at: number) => string): string[] {
  const lengths = [
    ...new Set(items.flatMap(({ context }) => context?.points.map(({ length }) => length) ?? [])),
  ].sort((a, b) => a - b);
  if (lengths.length === 0) return [];
  const pointOf = ({ context }: ScoredItem, at: number): Point | undefined =>
    context?.points.find(({ length }) => length === at);
  const chanceAt = (at: number): number | null | undefined =>
    items.map((item) => pointOf(item, at)).find((point) => point !== undefined)?.chance;
  const told = items.map(({ context }) => (context === null ? ['none of these tasks'] : heldLines(context)));
  const same = told.every((lines) => lines.join() === told[0]?.join());
  return [
    ...(same ? told[0]! : told.flatMap((lines, at) => lines.map((line) => `${letter(at)}  ${line}`))),
    table(lengths, [
      { title: 'accuracy at', right: true, value: (at) => String(at) },
      { title: 'chance', right: true, value: (at) => number(chanceAt(at)) },
      ...items.map((item, at): Column<number> => ({
        title: letter(at),
        right: true,
        value: (length) => number(pointOf(item, length)?.accuracy),
      })),
    ]),
  ];
}
