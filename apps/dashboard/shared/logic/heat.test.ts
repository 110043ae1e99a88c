import type { Difference, TaskColumn } from '../api/types';
import { beaten, cellWords, heatFraction, heatLines, letterAt } from './heat';

const task = (id: string, family: string, counted: boolean | null): TaskColumn => ({
  id,
  family,
  description: null,
  length: 32,
  trained: counted,
  counted,
  chance: null,
  weight: null,
});
const gap = (verdict: 'better' | 'worse' | 'cannot tell') => ({ difference: 0, verdict });
const difference = (a: number, b: number, tasks: Difference['tasks']): Difference => ({
  a,
  b,
  pairs: 3,
  items: 'rows',
  seeds: { quality: 'pairs', families: 'pairs', tasks: 'pairs' },
  quality: gap('cannot tell'),
  families: {},
  tasks,
});

test('colours end where quality clips', () => {
  expect([-5, -0.1, 0.45, 1, 7].map(heatFraction)).toEqual([0, 0, 0.5, 1, 1]);
});

test('tasks stand under their families, and keep their places in the columns', () => {
  const tasks = [task('a', 'recall', true), task('b', 'state', false), task('c', 'recall', null)];
  expect(heatLines(tasks, 'counted').map(({ family, at }) => [family, at])).toEqual([
    ['recall', null],
    ['recall', 0],
    ['recall', 2],
  ]);
  expect(heatLines(tasks, 'all')).toHaveLength(5);
});

test('an item is marked for each other that it beats beyond noise, whichever side of the pair it is', () => {
  const differences = [
    difference(0, 1, [gap('better'), null]),
    difference(0, 2, [gap('cannot tell'), gap('worse')]),
    difference(1, 2, [gap('worse'), gap('better')]),
  ];
  expect([0, 1, 2].map((item) => beaten(differences, item, 0))).toEqual([1, 0, 1]);
  expect([0, 1, 2].map((item) => beaten(differences, item, 1))).toEqual([0, 1, 1]);
});

test('letters name what is compared', () => {
  expect([0, 4].map(letterAt)).toEqual(['A', 'E']);
});

test('a cell says its score and interval, or why it has none', () => {
  const cells = {
    title: '#4',
    score: [0.5, null, null],
    low: [0.45, null, null],
    high: [0.61, null, null],
    errors: { b: 'out of memory' },
  };
  expect(cellWords(cells, task('a', 'recall', true), 0)).toEqual(['#4  0.500  (0.450 to 0.610)']);
  expect(cellWords(cells, task('b', 'recall', true), 1)).toEqual(['#4  failed: out of memory']);
  expect(cellWords(cells, { ...task('c', 'recall', false), trained: false }, 2)).toEqual([
    '#4  failed: no score',
    'never trained in this form',
  ]);
});
