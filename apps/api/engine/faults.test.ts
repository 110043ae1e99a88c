import type { CandidateRow, Job, JournalEvent, Page, SearchDetail } from '@asterism/contracts';
import { Redis } from 'ioredis';
import { replay, type LogEvent } from '@asterism/search';
import { TestApi, eventually } from '../testing/api';
import { inState, submitted } from '../testing/searches';
import { ProtocolWorker } from '../testing/worker';

jest.setTimeout(90_000);

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.stop());

const events = async (id: string): Promise<LogEvent[]> =>
  (await api.get(`/v1/searches/${id}/log`)).text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogEvent);
const lastHash = async (id: string): Promise<string> => (await events(id)).at(-1)?.hash ?? '';
const candidates = async (id: string): Promise<readonly CandidateRow[]> =>
  (await api.get<Page<CandidateRow>>(`/v1/searches/${id}/candidates?limit=200`)).body.items;

/** The whole truth about a search after any faults: one decision and one result each, in a chain that replays. */
async function expectWhole(id: string, budget: number): Promise<void> {
  const log = await events(id);
  const verdict = replay(log);
  expect(verdict.ok ? undefined : verdict).toBeUndefined();
  expect(log.map(({ seq }) => seq)).toEqual(log.map((_event, at) => at));
  const numbers = (type: string): number[] =>
    log.flatMap((event) => (event.type === type && 'n' in event ? [event.n] : []));
  expect(numbers('decided')).toHaveLength(budget);
  expect(numbers('admitted')).toEqual(Array.from({ length: budget }, (_, n) => n));
  expect((await candidates(id)).map(({ n }) => n)).toEqual(numbers('admitted'));
}

test('two schedulers that are both forced active decide nothing twice, and the log is that of one', async () => {
  const alone = await ProtocolWorker.register(api);
  alone.run();
  const reference = await submitted(api, { name: 'one scheduler', reuse: false });
  await inState(api, reference.id, 'finished');

  const others = await Promise.all([
    api.another({ ASTERISM_FORCE_ACTIVE: '1' }),
    api.another({ ASTERISM_FORCE_ACTIVE: '1' }),
  ]);
  const search = await submitted(api, { name: 'one scheduler', reuse: false });
  await inState(api, search.id, 'finished');
  await Promise.all(others.map((other) => other.stop()));
  await alone.stop();
  await expectWhole(search.id, 12);
  expect(await lastHash(search.id)).toBe(await lastHash(reference.id));
});

test('Redis wiped in the middle costs time and nothing else', async () => {
  const search = await submitted(api, { name: 'wiped', seed: 3, reuse: false });
  const worker = await ProtocolWorker.register(api);
  await eventually('jobs wait in Redis', async () => (await candidates(search.id)).length >= 2);
  const redis = new Redis(api.services.redisUrl);
  await redis.flushall();
  worker.run();
  await eventually(
    'half-way',
    async () => (await api.get<SearchDetail>(`/v1/searches/${search.id}`)).body.progress.admitted >= 6,
  );
  await redis.flushall();
  redis.disconnect();
  await inState(api, search.id, 'finished');
  await worker.stop();
  await expectWhole(search.id, 12);
});

test('PostgreSQL killed in the middle is waited for', async () => {
  const search = await submitted(api, { name: 'postgres', seed: 4, reuse: false });
  const worker = await ProtocolWorker.register(api);
  worker.run(1);
  await eventually(
    'begun',
    async () => (await api.get<SearchDetail>(`/v1/searches/${search.id}`)).body.progress.admitted >= 2,
  );
  api.services.kill('postgres');
  await api.services.restart();
  await inState(api, search.id, 'finished', 60_000);
  await worker.stop();
  await expectWhole(search.id, 12);
});

test('a worker that dies with a row costs a lease; its journal tells', async () => {
  const search = await submitted(api, { name: 'dead worker', seed: 5, reuse: false });
  const dead = await ProtocolWorker.register(api, { name: 'dies' });
  const row = await eventually('a row waits', async () =>
    api.database.client.work.findFirst({ where: { state: 'queued' } }).then((found) => found ?? undefined),
  );
  expect((await dead.claim({ id: row.id, dispatch: row.dispatch } satisfies Job)).status).toBe(200);
  await dead.stop();
  const worker = await ProtocolWorker.register(api);
  worker.run();
  await inState(api, search.id, 'finished');
  await worker.stop();
  await expectWhole(search.id, 12);
  const journal = await api.get<Page<JournalEvent>>(
    `/v1/searches/${search.id}/journal?format=json&limit=1000`,
  );
  expect(journal.body.items.map(({ type }) => type)).toEqual(
    expect.arrayContaining(['started', 'evaluation.lost', 'decided', 'admitted', 'finished']),
  );
  expect(journal.body.items.map(({ seq }) => seq)).toEqual(journal.body.items.map((_event, at) => at + 1));
});

test('pause holds what waits back, resume goes on to the same log', async () => {
  const search = await submitted(api, { name: 'one scheduler', reuse: false });
  const worker = await ProtocolWorker.register(api);
  await eventually('rows wait', async () => (await candidates(search.id)).length >= 2);
  await api.post(`/v1/searches/${search.id}/pause`);
  worker.run();
  await new Promise((done) => setTimeout(done, 1_000));
  expect((await candidates(search.id)).every(({ state }) => state === 'queued')).toBe(true);
  expect(await api.database.client.work.count({ where: { state: 'held' } })).toBeGreaterThan(0);
  await api.post(`/v1/searches/${search.id}/resume`);
  await inState(api, search.id, 'finished');
  await worker.stop();
  await expectWhole(search.id, 12);
});

test('cancel stops what only this search needs, and reaches the worker with its next heartbeat', async () => {
  const search = await submitted(api, { name: 'cancelled', seed: 6, reuse: false });
  const worker = await ProtocolWorker.register(api);
  const [first] = await eventually('a row waits', async () => {
    const found = (await candidates(search.id)).filter(({ evaluationId }) => evaluationId !== null);
    return found.length > 0 && found;
  });
  const id = first?.evaluationId ?? '';
  const claim = await worker.claim({ id, dispatch: 0 });
  expect(claim.status).toBe(200);
  const training = await eventually('shown in training', async () =>
    (await candidates(search.id)).find(({ state }) => state === 'training'),
  );
  expect(training.evaluationId).toBe(id);
  await api.post(`/v1/searches/${search.id}/cancel`);
  await eventually('told to cancel', async () => {
    const beat = await worker.send(`/v1/evaluations/${id}/heartbeat`, {
      epoch: 1,
      progress: { phase: 'train', step: 1, steps: 16 },
    });
    return beat.body['command'] === 'cancel';
  });
  expect((await worker.send(`/v1/evaluations/${id}/handback`, { epoch: 1 })).body).toMatchObject({
    state: 'cancelled',
  });
  await worker.stop();
  await inState(api, search.id, 'cancelled');
  expect(new Set((await candidates(search.id)).map(({ state }) => state))).toEqual(new Set(['cancelled']));
  expect(
    await api.database.client.work.count({ where: { state: { in: ['queued', 'held', 'running'] } } }),
  ).toBe(0);
  expect((await events(search.id)).at(-1)).toMatchObject({ type: 'closed', reason: 'cancelled' });
});

test('a measured hard limit is looked at before anything is trained', async () => {
  const metric = 'decodeMsP50@cpu/torch/fp32/ctx4096';
  const search = await submitted(api, {
    name: 'limited',
    objectives: [{ maximize: 'quality' }, { minimize: metric }],
    constraints: [{ metric, atMost: 4 }],
  });
  const worker = await ProtocolWorker.register(api);
  worker.run();
  const finished = await inState(api, search.id, 'finished');
  await worker.stop();
  await expectWhole(search.id, 12);
  const rows = await candidates(search.id);
  const broken = rows.filter(({ values }) => (values[metric] ?? 0) > 4);
  expect(broken.length).toBeGreaterThan(0);
  expect(
    broken.every(
      ({ state, evaluationId, onFront, ...row }) =>
        state === 'infeasible' && row.class === 'constraint' && evaluationId === null && !onFront,
    ),
  ).toBe(true);
  expect(
    rows
      .filter(({ values }) => (values[metric] ?? 9) <= 4)
      .every(({ evaluationId }) => evaluationId !== null),
  ).toBe(true);
  expect(finished.resolved.target).toBe('Test CPU/torch/fp32');
});
