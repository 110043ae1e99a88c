import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CandidateRow, Evaluation, Page, SearchDetail } from '@asterism/contracts';
import { replay } from '@asterism/search';
import { Client } from 'pg';
import { Installation } from '../installation';
import { alive, descendants, eventually } from '../processes';
import { assertWhole, ended, outcomeOf, specOf, type Outcome } from '../search-outcome';

const BUDGET = 12;
/** Sixteen steps of about half a second each. */
const slow = {
  format: 1,
  size: { width: 32, vocab: 512, repeats: 1, tiedEmbeddings: false },
  backbone: Array.from({ length: 3 }, () => [
    { kind: 'gated-conv' },
    { kind: 'swiglu', hidden: 4096 },
  ]).flat(),
};
/** Without reuse every search trains for itself. The name is part of the log, so it stays the same. */
const spec = specOf('tiny', { name: 'workers', reuse: false });

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.start({ workers: 3, awake: 1 });
}, 120_000);
afterAll(() => installation.stop(), 60_000);

async function searched(): Promise<Outcome> {
  const { id } = await installation.post<SearchDetail>('/v1/searches', spec);
  await ended(installation, id, 120_000);
  return outcomeOf(installation, id);
}

const log = (name: string): string =>
  readFileSync(join(installation.services.state, 'logs', `${name}.log`), 'utf8');

const evaluation = (id: string): Promise<Evaluation> => installation.get<Evaluation>(`/v1/evaluations/${id}`);

test('one worker, and three workers under two schedulers forced active, give the same log hash', async () => {
  const alone = await searched();
  assertWhole(alone, BUDGET);
  installation.workers.slice(1).forEach((worker) => worker.start());
  const second = await installation.second({ ASTERISM_FORCE_ACTIVE: '1' });
  const together = await searched();
  await second.end('SIGTERM');
  assertWhole(together, BUDGET);
  expect(replay(together.events).ok).toBe(true);
  expect(together.logHash).toBe(alone.logHash);
  const trained = ({ candidates }: Outcome): (string | null)[] =>
    candidates.map(({ evaluationId }) => evaluationId);
  expect(trained(together).filter((id) => trained(alone).includes(id))).toEqual([]);
}, 240_000);

test('a worker stopped past its lease and woken is refused, the refusal is recorded, one result counts', async () => {
  // The only one awake gets the row; the heir is started once it sleeps.
  const [frozen, heir, other] = installation.workers;
  if (frozen === undefined || heir === undefined || other === undefined) throw new Error('three workers');
  await Promise.all([heir.end('SIGTERM'), other.end('SIGTERM')]);
  const before = log(frozen.name).length;
  const { id } = await installation.post<Evaluation>('/v1/evaluations', {
    genome: 'nano-cq',
    tier: 'tiny',
    datasets: ['probes'],
    fresh: true,
  });
  await eventually('claimed', async () => (await evaluation(id)).state === 'running');
  // Its child goes on training; the process that would report it sleeps.
  frozen.signal('SIGSTOP');
  await eventually('the lease to run out', async () => (await evaluation(id)).dispatch === 1);
  heir.start();
  const done = await eventually('the heir’s result', async () => {
    const row = await evaluation(id);
    return row.state === 'finished' && row;
  });
  frozen.signal('SIGCONT');
  const heard = (): string => log(frozen.name).slice(before);
  await eventually('the late one to hear of it', () => /lost|stale-epoch/.test(heard())).catch(
    (error: unknown) => {
      throw new Error(`${String(error)}; its log: ${heard()}`);
    },
  );
  expect(await evaluation(id)).toEqual(done);
  expect(done).toMatchObject({ epoch: 2, losses: 1, outcome: { status: 'scored' } });
}, 120_000);

test('cancel reaches the child within five seconds', async () => {
  const { id } = await installation.post<SearchDetail>('/v1/searches', {
    ...spec,
    name: 'cancelled',
    baselines: [slow],
  });
  const trains = async (): Promise<boolean> => {
    const page = await installation.get<Page<CandidateRow>>(`/v1/searches/${id}/candidates`);
    return page.items.some(({ n, state }) => n === 0 && state === 'training');
  };
  const children = (): number[] =>
    installation.workers.flatMap((worker) =>
      // Below a worker is its fork server, which stays; below that, the child at work.
      worker.running ? descendants(worker.pid).slice(1) : [],
    );
  await eventually('training', async () => (await trains()) && children().length > 0);
  const atWork = children();
  expect(atWork.some(alive)).toBe(true);
  await installation.post(`/v1/searches/${id}/cancel`, {});
  await eventually('no child left', () => !atWork.some(alive), 5_000);
  expect((await ended(installation, id, 10_000)).state).toBe('cancelled');
}, 60_000);

test('nothing was accepted under an epoch that was over', async () => {
  const database = new Client({ connectionString: installation.services.databaseUrl });
  await database.connect();
  const wrong = await database.query(
    'SELECT id FROM work WHERE "resultEpoch" IS NOT NULL AND "resultEpoch" <> epoch',
  );
  await database.end();
  expect(wrong.rows).toEqual([]);
});
