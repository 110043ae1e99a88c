import { toBits } from '../bits';
import type { Choice, Example, Pair, Series, UserKind } from './examples';
import { splitOf, splits, type BySplit, type Split } from './split';

/** What submission needs to know of a dataset: how large its examples are, split by split. */
export interface UserData {
  readonly kind: UserKind;
  /** Different examples. */
  readonly examples: number;
  /** Tokens that each question needs, or points of each part of a series. */
  readonly sizes: BySplit<readonly number[]>;
}

/** How a dataset lies in rows of a tier. */
export interface Fit {
  /** Tokens of a row. */
  readonly length: number;
  /** Questions that fit, or scored windows of series. */
  readonly counts: BySplit<number>;
}

// The same numbers as in asterism.data.questions and asterism.data.user_series; workers/tests/user_datasets.json holds
// both to them.
const LEAST_QUESTIONS = 8;
const LEAST_WINDOWS = 4;
const MANY_SERIES = 30;
const SERIES_LENGTHS = [128, 64, 32] as const;
const PARTS: BySplit<readonly [number, number]> = { train: [0, 0.6], select: [0.6, 0.8], report: [0.8, 1] };
/** The separator before an answer and the token that ends it. */
const AROUND = 2;
const LEAST_ROW = 32;

const bySplit = <T>(of: (split: Split) => T): BySplit<T> => ({
  train: of('train'),
  select: of('select'),
  report: of('report'),
});

/** The facts of a file's examples, whatever their order. */
export function userDataOf(kind: UserKind, examples: readonly Example[]): UserData {
  return kind === 'series' ? ofSeries(examples as readonly Series[]) : ofQuestions(kind, examples);
}

function ofQuestions(kind: UserKind, examples: readonly Example[]): UserData {
  const different = new Map(examples.map((example) => [JSON.stringify(example), example]));
  const sizes: Record<Split, number[]> = { train: [], select: [], report: [] };
  for (const example of different.values()) {
    const question = example as Pair | Choice;
    const options = 'choices' in question ? question.choices : [question.answer];
    const longest = Math.max(...options.map((option) => Buffer.byteLength(option)));
    sizes[splitOf(keyOf(question))].push(Buffer.byteLength(question.prompt) + longest + AROUND);
  }
  return { kind, examples: different.size, sizes };
}

/** The same prompt is never in two splits, whatever its answers. Without a prompt, the choices in order. */
function keyOf(question: Pair | Choice): string {
  if (question.prompt !== '' || !('choices' in question)) return question.prompt;
  return [...question.choices].sort(byCodePoint).join('\n');
}

/** The order of Python's `sorted`; JavaScript's own is by UTF-16 units. */
function byCodePoint(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

function ofSeries(examples: readonly Series[]): UserData {
  const different = new Map(examples.map(({ values }) => [values.map(toBits).join(''), values.length]));
  const whole: Record<Split, number[]> = { train: [], select: [], report: [] };
  for (const [key, points] of different) whole[splitOf(key)].push(points);
  const cut = (split: Split): number[] =>
    [...different.values()].map(
      (points) => Math.floor(PARTS[split][1] * points) - Math.floor(PARTS[split][0] * points),
    );
  const sizes = different.size >= MANY_SERIES ? whole : bySplit(cut);
  return { kind: 'series', examples: different.size, sizes };
}

/** In rows of at most `limit` tokens. */
export function fitTo(data: UserData, limit: number): Fit {
  if (data.kind === 'series') return fitSeries(data, limit);
  const largest = splits.flatMap((split) => data.sizes[split]).reduce((a, b) => Math.max(a, b), 0);
  let length = LEAST_ROW;
  while (length < Math.min(largest, limit)) length *= 2;
  length = Math.min(length, limit);
  return { length, counts: bySplit((split) => data.sizes[split].filter((size) => size <= length).length) };
}

function fitSeries(data: UserData, limit: number): Fit {
  const fits = SERIES_LENGTHS.filter((length) => length <= limit).map((length) => ({
    length,
    counts: bySplit((split) => data.sizes[split].reduce((sum, points) => sum + windows(points, length), 0)),
  }));
  return fits.find((fit) => enough(data, fit)) ?? fits[fits.length - 1]!;
}

/** Scored windows at half a row apart: only their second halves are scored, so none overlaps. */
function windows(points: number, length: number): number {
  const steps = length - 1;
  return points < steps ? 0 : 1 + Math.floor((points - steps) / (length / 2));
}

const leastOf = ({ kind }: UserData): number => (kind === 'series' ? LEAST_WINDOWS : LEAST_QUESTIONS);

function enough(data: UserData, { counts }: Fit): boolean {
  return splits.every((split) => counts[split] >= leastOf(data));
}

/** What is missing before a tier can train and score on it, or undefined. */
export function lackOf(
  data: UserData,
  limit: number,
): { readonly message: string; readonly needed: string } | undefined {
  const fit = fitTo(data, limit);
  if (enough(data, fit)) return undefined;
  const counted = splits.map((split) => `${fit.counts[split]} to ${split}`).join(', ');
  const what =
    data.kind === 'series'
      ? `windows of ${fit.length - 1} points in ${data.examples} series`
      : `${splits.reduce((sum, split) => sum + fit.counts[split], 0)} of ${data.examples} ${data.kind} fit rows of ${fit.length} tokens`;
  return { message: `${what}: ${counted}`, needed: neededOf(data, fit) };
}

function neededOf(data: UserData, { length }: Fit): string {
  const least = leastOf(data);
  if (data.kind !== 'series') {
    const sized = `prompt and answer of ${length - AROUND} bytes together at most`;
    return `${least} in each split: about ${least * 13} different prompts, ${sized}`;
  }
  const points = 5 * (length - 1 + (least - 1) * (length / 2));
  return `${least} in each split: one series of ${points} numbers, or ${MANY_SERIES * 2} series of ${length - 1}`;
}

/** Examples that no row of the tier holds: they are left out. */
export function dropped(data: UserData, limit: number): number {
  if (data.kind === 'series') return 0;
  const { length } = fitTo(data, limit);
  return splits.reduce((sum, split) => sum + data.sizes[split].filter((size) => size > length).length, 0);
}
