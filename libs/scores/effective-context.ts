/** Mean accuracy of the tasks that are asked at one length. */
export interface Point {
  readonly length: number;
  readonly accuracy: number;
  /** Mean of the tasks' chance levels; null where one is unknown. */
  readonly chance: number | null;
  readonly tasks: readonly string[];
  /** 95 % interval of the accuracy, where it is known. */
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

/** What a task's answers were worth. */
export interface Marked {
  readonly accuracy?: number | undefined;
  readonly chance?: number | undefined;
}

export interface Context {
  readonly points: readonly Point[];
  readonly absolute: number;
  readonly relative: number;
  readonly sameTasks: boolean;
}

/** A task of a suite as the curve needs it. */
export interface Asked {
  readonly id: string;
  readonly source: string;
  readonly length: number | null;
}

/** RULER's threshold: Llama 2 7B at 4k (arXiv 2404.06654). */
export const contextThreshold = 0.856;
/** The share of a model's own short score that a length must keep, as NoLiMa has it (arXiv 2502.05167). */
export const contextShare = 0.85;

/** Accuracy against length over the tasks in RULER's forms; a task without a score is left out of its mean. */
export function contextCurve(tasks: readonly Asked[], markOf: (id: string) => Marked | undefined): Point[] {
  const found = new Map<number, (Marked & { readonly id: string; readonly accuracy: number })[]>();
  for (const { id, source, length } of tasks) {
    const { accuracy, chance } = markOf(id) ?? {};
    if (!source.startsWith('RULER') || length === null || accuracy === undefined) continue;
    found.set(length, [...(found.get(length) ?? []), { id, accuracy, chance }]);
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([length, asked]) => ({
      length,
      accuracy: mean(asked.map(({ accuracy }) => accuracy))!,
      chance: mean(asked.map(({ chance }) => chance)),
      tasks: asked.map(({ id }) => id),
    }));
}

function mean(values: readonly (number | undefined)[]): number | null {
  let sum = 0;
  for (const value of values) {
    if (value === undefined) return null;
    sum += value;
  }
  return sum / values.length;
}

/** As `effective_length` of workers/asterism/tasks/families/long_context.py; null where nothing was asked. */
export function effectiveContext(points: readonly Point[]): Context | null {
  const [shortest] = points.toSorted((a, b) => a.length - b.length);
  if (shortest === undefined) return null;
  const longest = (holds: (point: Point) => boolean): number =>
    Math.max(0, ...points.filter(holds).map(({ length }) => length));
  return {
    points,
    absolute: longest(({ accuracy }) => accuracy >= contextThreshold),
    relative: longest(
      ({ accuracy }) => shortest.accuracy > 0 && accuracy >= contextShare * shortest.accuracy,
    ),
    sameTasks: new Set(points.map(({ tasks }) => form(tasks))).size === 1,
  };
}

/** What is asked, whatever the length: `rec4@128` is `rec4`. */
const form = (tasks: readonly string[]): string =>
  tasks
    .map((id) => id.replace(/@\d+$/, ''))
    .toSorted()
    .join(' ');
