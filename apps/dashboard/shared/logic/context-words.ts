import { toldContext, type Context } from '@asterism/scores/verdicts';
import { integer } from './format';

export interface ContextLine {
  readonly label: string;
  readonly context: Context;
}

/** Whether the points may be joined and held against the criteria: every length asks the same tasks. */
export function isJoined(lines: readonly ContextLine[]): boolean {
  return lines.every(({ context }) => context.sameTasks);
}

/** What the curves allow to be said, in a sentence for each; one for all where it is the same. */
export function contextWords(lines: readonly ContextLine[]): readonly string[] {
  const found = lines.map(({ label, context }) => ({ label, ...toldContext(context) }));
  const [first] = found;
  if (first === undefined) return [];
  if (found.every(({ absolute, why }) => absolute === null && why === first.why))
    return [`No effective context can be told: ${first.why}. ${ELSEWHERE}`];
  const words = found.map(({ label, absolute, relative, why }) => {
    const because = why === undefined ? '' : ` (${why})`;
    return absolute === null
      ? `${label}: not told${because}.`
      : `${label}: ${tokens(absolute)} at 0.856, ${tokens(relative)} at 0.85 of its own score at the shortest length${because}.`;
  });
  return [...words, CRITERIA];
}

const ELSEWHERE = 'asterism context <candidate> asks the same tasks at every length.';
const CRITERIA =
  'The threshold of 0.856 is that of RULER (arXiv 2404.06654), the share of the own short score that of NoLiMa (arXiv 2502.05167).';

function tokens(length: number | null): string {
  if (length === null) return 'not told';
  return length === 0 ? 'none' : `${integer(length)} tokens`;
}

/** What stands beside the accuracies, and what does not. */
export function besideWords(lines: readonly ContextLine[]): string {
  const points = lines.flatMap(({ context }) => context.points);
  const chance = points.every((p) => p.chance !== null)
    ? 'Short grey dashes are chance.'
    : 'Short grey dashes are chance, where it is known.';
  const intervals = points.some((p) => p.low !== undefined)
    ? 'Whiskers are 95 % intervals.'
    : 'These accuracies carry no interval.';
  return `${points.some((p) => p.chance !== null) ? chance : 'No chance level is known.'} ${intervals}`;
}

export interface Chance {
  readonly length: number;
  readonly chance: number;
}

/** The chance levels of all points, each once: things that were asked the same rows share theirs. */
export function chanceLevels(lines: readonly ContextLine[]): readonly Chance[] {
  const found = new Map<string, Chance>();
  for (const { length, chance } of lines.flatMap(({ context }) => context.points))
    if (chance !== null) found.set(`${length} ${chance.toFixed(3)}`, { length, chance });
  return [...found.values()].sort((a, b) => a.length - b.length);
}

/** How many tasks a length asks, where it is the same number for all. */
export function tasksAt(lines: readonly ContextLine[], length: number): number | undefined {
  const counts = new Set(
    lines.flatMap(({ context }) =>
      context.points.flatMap((p) => (p.length === length ? [p.tasks.length] : [])),
    ),
  );
  return counts.size === 1 ? [...counts][0] : undefined;
}
