import { execFile } from 'node:child_process';
import { resolve } from 'node:path';
import { promisify } from 'node:util';
import type { Evaluation, Page, WorkerView } from '@asterism/contracts';
import { Client } from 'pg';
import { Installation } from '../installation';
import { eventually } from '../processes';

const asterismBinary = resolve(__dirname, '../../apps/cli/bin/asterism.js');

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.start({ workers: 2, awake: 1 });
}, 120_000);
afterAll(() => installation.stop(), 60_000);

async function asterism(...args: string[]): Promise<string> {
  const env = { ...process.env, ASTERISM_URL: installation.url, ASTERISM_TOKEN: installation.token() };
  return (await promisify(execFile)(process.execPath, [asterismBinary, ...args], { env })).stdout;
}

const evaluation = (id: string): Promise<Evaluation> => installation.get<Evaluation>(`/v1/evaluations/${id}`);
const workers = async (): Promise<readonly WorkerView[]> =>
  (await installation.get<Page<WorkerView>>('/v1/workers')).items;

/** Sixteen steps of about a second each: the training is long under way, and far from its end, when it is handed over. */
const slow = {
  format: 1,
  size: { width: 32, vocab: 512, repeats: 1, tiedEmbeddings: false },
  backbone: Array.from({ length: 3 }, () => [
    { kind: 'gated-conv' },
    { kind: 'swiglu', hidden: 16_384 },
  ]).flat(),
};

function train(): Promise<Evaluation> {
  const body = { genome: slow, tier: 'tiny', datasets: ['probes'], fresh: true };
  return installation.post<Evaluation>('/v1/evaluations', body);
}

const finished = (id: string): Promise<Evaluation> =>
  eventually(
    'a score',
    async () => {
      const row = await evaluation(id);
      return row.state === 'finished' && row;
    },
    90_000,
  );

/** Everything that must be the same bits, however often the training was moved. */
function bits({ outcome }: Evaluation): unknown {
  if (outcome?.status !== 'scored') throw new Error('not scored');
  const { tasks, quality, curve, seed, tokens } = outcome;
  return { tasks, quality, curve, seed, tokens };
}

test('a drained worker hands its training over, ends, and the heir gives the same bits', async () => {
  const [first, heir] = installation.workers;
  if (first === undefined || heir === undefined) throw new Error('two workers');
  await eventually('a worker', async () => (await workers()).some(({ alive }) => alive));
  const { id } = await train();
  await eventually('training', async () => (await evaluation(id)).progress?.phase === 'train');
  await new Promise((done) => setTimeout(done, 1_500));

  expect(await asterism('worker', 'list')).toContain(id);
  expect(await asterism('worker', 'drain', first.name)).toContain(`${id} goes on elsewhere`);
  await eventually('its end', () => !first.running, 20_000);
  expect(installation.tail(first.name)).toContain('handed-back');
  const [gone] = await workers();
  expect(gone).toMatchObject({ name: first.name, alive: false, draining: true, working: null });

  const waiting = await evaluation(id);
  expect(waiting).toMatchObject({ state: 'queued', dispatch: 1, losses: 0 });
  const database = new Client({ connectionString: installation.services.databaseUrl });
  await database.connect();
  const { rows } = await database.query<{ step: number }>(
    `SELECT (resume->>'step')::int AS step FROM work WHERE id = $1`,
    [id],
  );
  await database.end();
  expect(rows[0]?.step).toBeGreaterThan(0);

  heir.start();
  const moved = await finished(id);
  expect(moved.epoch).toBe(2);
  const undisturbed = await finished((await train()).id);
  expect(undisturbed.epoch).toBe(1);
  expect(bits(moved)).toEqual(bits(undisturbed));
}, 180_000);

test('an idle worker that is drained ends too, and an unknown one is an error with a remedy', async () => {
  const [, heir] = installation.workers;
  await expect(asterism('worker', 'drain', 'nobody')).rejects.toMatchObject({
    stderr: expect.stringContaining('asterism worker list') as unknown,
  });
  await asterism('worker', 'drain', heir?.name ?? '');
  await eventually('its end', () => heir?.running === false, 20_000);
  expect(await asterism('worker', 'list')).toContain('start one with: asterism worker');
}, 60_000);
