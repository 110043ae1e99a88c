import type { EvaluationScored } from '@asterism/contracts';
import { Suites } from '../tasks/suites';
import type { Frozen } from '../tasks/weights';
import { columnsOf } from './columns';
import { sigmasOf } from '../tasks/sigmas';

const result = (...tasks: readonly (readonly [string, string])[]): Pick<EvaluationScored, 'tasks'> => ({
  tasks: tasks.map(([id, family]) => ({ id, family, n: 160 })),
});

/** A part of what `python -m asterism weights` writes. */
const frozen: Frozen = {
  suiteVersion: '4',
  complete: true,
  noise: { quality: { sigma: 0.031 }, families: { recall: { sigma: 0.05 }, state: null } },
  tasks: [
    { id: 'mqar', sigma: 0.02, weight: 1, reason: 'full weight' },
    { id: 'parity', sigma: 0.2, weight: 0, reason: 'signal-to-noise 0.50 < 1' },
    { id: 'recall_plain', sigma: 0.2, weight: 0, reason: 'not in quality: scored only' },
  ],
};

test('columns hold families together, and what the catalogue and the frozen weights know', () => {
  const known = new Suites().tasksOf('nano-2', '4');
  const own = ['pairs:mine', 'user'] as const;
  const { families, tasks } = columnsOf(
    [result(['mqar', 'recall'], ['parity', 'state']), result(['recall_plain', 'recall'], own)],
    known,
    frozen,
  );
  expect(families).toEqual(['recall', 'state', 'user']);
  expect(tasks.map(({ id }) => id)).toEqual(['mqar', 'recall_plain', 'parity', 'pairs:mine']);
  expect(tasks[0]).toMatchObject({ trained: true, counted: true, weight: 1, length: 32 });
  expect(tasks[1]).toMatchObject({ trained: false, counted: false, weight: 0 });
  expect(tasks.map(({ dropped }) => dropped)).toEqual([
    undefined,
    undefined,
    'signal-to-noise 0.50 < 1',
    undefined,
  ]);
  expect(tasks[3]).toMatchObject({ trained: null, counted: null, length: null, weight: null });
});

test('tasks of a version that the catalogue no longer has are unknown', () => {
  const suites = new Suites();
  expect(suites.tasksOf('nano-2', '1')).toEqual([]);
  expect(suites.tasksOf('nano-2', '4').length).toBeGreaterThan(140);
});

test('seed noise is that of the reference set, else the tier’s own for quality', () => {
  const known = sigmasOf(frozen, 0.042);
  expect([known.quality, known.families.get('recall'), known.families.get('state')]).toEqual([
    0.031,
    0.05,
    undefined,
  ]);
  expect(known.tasks.get('parity')).toBe(0.2);
  expect(sigmasOf(undefined, 0.042).quality).toBe(0.042);
  expect(sigmasOf(undefined, 0).quality).toBeUndefined();
});
