import type { ScoreBoard, ScoreRow, TaskColumn } from '@asterism/contracts';
import { heatCsv, heatMap } from './heat-map';

const task = (fields: Partial<TaskColumn>): TaskColumn => ({
  id: 'parity',
  family: 'state',
  description: null,
  length: 64,
  trained: true,
  counted: true,
  chance: 0.5,
  weight: null,
  ...fields,
});
const row = (n: number, score: (number | null)[]): ScoreRow =>
  ({ id: `cand_${n}`, n, score, quality: { value: 0.5, low: 0.4, high: 0.6 } }) as unknown as ScoreRow;

const board = {
  suite: 'nano-2',
  suiteVersion: '2',
  families: ['state', 'recall'],
  tasks: [
    task({}),
    task({ id: 'parity_2x', trained: false }),
    task({ id: 'mqar', family: 'recall', weight: 0, dropped: 'signal-to-noise 0.40, below 1' }),
  ],
  items: [row(0, [0.9, 0.1, null]), row(12, [0.5, -0.2, 0.3])],
  total: 30,
} as unknown as ScoreBoard;

test('a map has tasks below their families, candidates as columns, and marks what does not count', () => {
  expect(heatMap(board, { blocks: false }).split('\n')).toEqual([
    'suite nano-2 version 2; 2 of 30 candidates',
    'quality       0.50 0.50',
    '                #0  #12',
    'state',
    '  parity        @@   ++',
    '  parity_2x u   ..   ..',
    'recall',
    '  mqar d         x   ::',
    '',
    'score: . below .2  : .2  + .4  # .6  @ .8 and above; x failed',
    'u untrained: scored, never shown in training; d dropped by the weights',
  ]);
});

test('the numbers as a table', () => {
  expect(heatCsv(board).split('\n')).toEqual([
    'task,family,trained,dropped,cand_0,cand_12',
    'parity,state,true,,0.9,0.5',
    'parity_2x,state,false,,0.1,-0.2',
    'mqar,recall,true,"signal-to-noise 0.40, below 1",,0.3',
  ]);
});
