import { effectiveContext, type Point } from '@asterism/scores/verdicts';
import { besideWords, chanceLevels, contextWords, isJoined, tasksAt } from './context-words';

const at = (
  length: number,
  accuracy: number,
  tasks: readonly string[],
  more: Partial<Point> = {},
): Point => ({
  length,
  accuracy,
  chance: 0.1,
  tasks,
  ...more,
});
const aLine = (label: string, ...points: Point[]) => ({ label, context: effectiveContext(points)! });
const twelve = Array.from({ length: 12 }, (_, i) => `task${i}`);
const mixed = (label: string, short: number, long: number) =>
  aLine(label, at(64, short, ['niah@64']), at(128, long, twelve));

test('points of other tasks: the worst is not called the longest, nobody is, and the text says why once', () => {
  const lines = [mixed('A lfm2', 0.13, 0.12), mixed('C ssd-hybrid', 0.7, 0.36)];
  expect(isJoined(lines)).toBe(false);
  const words = contextWords(lines);
  expect(words).toHaveLength(1);
  expect(words[0]).toMatch(
    /^No effective context can be told: each length asks other tasks \(1 at 64, 12 at 128\)/,
  );
  expect(words[0]).not.toMatch(/128 tokens|64 tokens/);
});

test('the same tasks: both criteria with their sources, and why there is none', () => {
  const one = (length: number, accuracy: number) =>
    at(length, accuracy, ['niah'], { low: accuracy - 0.03, high: accuracy + 0.03 });
  const lines = [aLine('A', one(128, 0.9), one(256, 0.8)), aLine('B', one(128, 0.11), one(256, 0.12))];
  expect(isJoined(lines)).toBe(true);
  expect(contextWords(lines)).toEqual([
    'A: 128 tokens at 0.856, 256 tokens at 0.85 of its own score at the shortest length.',
    'B: none at 0.856, none at 0.85 of its own score at the shortest length (its score at 128 tokens is not above chance).',
    expect.stringContaining('RULER'),
  ]);
  expect(besideWords(lines)).toBe('Short grey dashes are chance. Whiskers are 95 % intervals.');
});

test('chance stands once for things that were asked the same rows; unknown ones are left out and said', () => {
  const lines = [
    mixed('A', 0.1, 0.2),
    mixed('B', 0.3, 0.4),
    aLine('C', at(64, 0.2, ['niah'], { chance: null })),
  ];
  expect(chanceLevels(lines)).toEqual([
    { length: 64, chance: 0.1 },
    { length: 128, chance: 0.1 },
  ]);
  expect(besideWords(lines)).toBe(
    'Short grey dashes are chance, where it is known. These accuracies carry no interval.',
  );
  expect([tasksAt(lines, 64), tasksAt(lines, 128)]).toEqual([1, 12]);
});

test('where a task failed for one of them, no number of tasks is common', () => {
  const lines = [mixed('A', 0.1, 0.2), aLine('B', at(128, 0.3, twelve.slice(1)))];
  expect(tasksAt(lines, 128)).toBeUndefined();
});
