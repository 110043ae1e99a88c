/** Mean accuracy of the tasks that are asked at one length. */
export interface Point {
  readonly length: number;
  readonly accuracy: number;
  readonly tasks: readonly string[];
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
const THRESHOLD = 0.856;
const RELATIVE = 0.85;

/** Accuracy against length over the tasks in RULER's forms; a task without a score is left out of its mean. */
export function contextCurve(
  tasks: readonly Asked[],
  accuracyOf: (id: string) => number | null | undefined,
): Point[] {
  const found = new Map<number, { id: string; accuracy: number }[]>();
  for (const { id, source, length } of tasks) {
    const accuracy = accuracyOf(id);
    if (!source.startsWith('RULER') || length === null || accuracy === null || accuracy === undefined)
      continue;
    found.set(length, [...(found.get(length) ?? []), { id, accuracy }]);
  }
  return [...found]
    .sort(([a], [b]) => a - b)
    .map(([length, asked]) => ({
      length,
      accuracy: asked.reduce((sum, { accuracy }) => sum + accuracy, 0) / asked.length,
      tasks: asked.map(({ id }) => id),
    }));
}

/** As `effective_length` of workers/asterism/tasks/families/long_context.py; null where nothing was asked. */
export function effectiveContext(points: readonly Point[]): Context | null {
  const [shortest] = points.toSorted((a, b) => a.length - b.length);
  if (shortest === undefined) return null;
  const longest = (holds: (point: Point) => boolean): number =>
    Math.max(0, ...points.filter(holds).map(({ length }) => length));
  return {
    points,
    absolute: longest(({ accuracy }) => accuracy >= THRESHOLD),
    relative: longest(({ accuracy }) => shortest.accuracy > 0 && accuracy >= RELATIVE * shortest.accuracy),
    sameTasks: new Set(points.map(({ tasks }) => form(tasks))).size === 1,
  };
}

/** What is asked, whatever the length: `rec4@128` is `rec4`. */
const form = (tasks: readonly string[]): string =>
  tasks
    .map((id) => id.replace(/@\d+$/, ''))
    .toSorted()
    .join(' ');
