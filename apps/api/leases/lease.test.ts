import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  contractVersion,
  type ClaimRequest,
  type Evaluation,
  type EvaluationClaim,
  type Job,
  type ProblemDocument,
  type Profile,
} from '@asterism/contracts';
import { checkout } from '../config/checkout';
import { Reconciler } from '../engine/reconciler';
import { TestApi, eventually } from '../testing/api';
import { ARTIFACT, ProtocolWorker, registration, scored } from '../testing/worker';
import { hashOutcome } from './work';

jest.setTimeout(60_000);

let api: TestApi;
let worker: ProtocolWorker;
beforeAll(async () => {
  api = await TestApi.start({ RECONCILE_MS: '60000' });
  worker = await ProtocolWorker.register(api);
});
afterAll(async () => {
  await worker.stop();
  await api.stop();
});

const evaluation = async (id: string): Promise<Evaluation> =>
  (await api.get<Evaluation>(`/v1/evaluations/${id}`)).body;

async function queued(): Promise<Job> {
  const { body } = await api.post<Evaluation>('/v1/evaluations', {
    genome: 'lfm2',
    tier: 'tiny',
    fresh: true,
  });
  return { id: body.id, dispatch: body.dispatch };
}

async function claimed(): Promise<EvaluationClaim> {
  return (await worker.claim(await queued())).body;
}

const result = (claim: EvaluationClaim, outcome: unknown = scored(claim)) =>
  worker.send<ProblemDocument & Record<string, unknown>>(`/v1/evaluations/${claim.id}/result`, {
    epoch: claim.epoch,
    outcome,
  });

/** As if the time of a lease had passed, by the database's clock. */
async function expire(id: string): Promise<void> {
  await api.database.client
    .$executeRaw`UPDATE work SET "leaseUntil" = now() - interval '1 second' WHERE id = ${id}`;
  await api.application.get(Reconciler).requeueExpired();
}

test('of fifty claims that race for one row exactly one wins', async () => {
  const job = await queued();
  const answers = await Promise.all(Array.from({ length: 50 }, () => worker.claim(job)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(49);
});

test('the same result under the same epoch gets the first answer, fifty at once are accepted once', async () => {
  const claim = await claimed();
  const answers = await Promise.all(Array.from({ length: 50 }, () => result(claim)));
  expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
  expect(new Set(answers.map(({ text }) => text)).size).toBe(1);
  const row = await api.database.client.work.findUniqueOrThrow({ where: { id: claim.id } });
  expect(row).toMatchObject({ state: 'finished', resultEpoch: 1, resultHash: hashOutcome(scored(claim)) });
});

test('another result under an epoch that has answered is refused and recorded', async () => {
  const claim = await claimed();
  await result(claim);
  const second = await result(claim, scored(claim, { quality: 0.123 }));
  expect(second).toMatchObject({ status: 409, body: { code: 'stale-epoch' } });
  expect(await api.database.client.refusedResult.count({ where: { workId: claim.id } })).toBe(1);
});

test('a worker that slept past its lease is refused, recorded, and told that it lost the row', async () => {
  const claim = await claimed();
  await expire(claim.id);
  const late = await result(claim);
  expect(late).toMatchObject({ status: 409, body: { code: 'stale-epoch' } });
  const beat = await worker.send(`/v1/evaluations/${claim.id}/heartbeat`, {
    epoch: claim.epoch,
    progress: { phase: 'train', step: 1, steps: 2 },
  });
  expect(beat.body).toEqual({ command: 'lost' });
  expect(await evaluation(claim.id)).toMatchObject({ state: 'queued', dispatch: 1, losses: 1 });

  const again = await worker.claim({ id: claim.id, dispatch: 1 });
  expect(again).toMatchObject({ status: 200, body: { epoch: 2 } });
  expect((await result(again.body)).status).toBe(200);
});

test('an expired lease that nobody took over yet still accepts its result', async () => {
  const claim = await claimed();
  await api.database.client
    .$executeRaw`UPDATE work SET "leaseUntil" = now() - interval '1 second' WHERE id = ${claim.id}`;
  expect((await result(claim)).status).toBe(200);
  await api.application.get(Reconciler).requeueExpired();
  expect(await evaluation(claim.id)).toMatchObject({ state: 'finished', dispatch: 0, losses: 0 });
});

test('a heartbeat keeps the lease and carries progress', async () => {
  const claim = await claimed();
  const progress = { phase: 'train', step: 7, steps: 16, tokens: 7168 };
  await api.database.client
    .$executeRaw`UPDATE work SET "leaseUntil" = now() - interval '1 second' WHERE id = ${claim.id}`;
  expect(
    (await worker.send(`/v1/evaluations/${claim.id}/heartbeat`, { epoch: claim.epoch, progress })).body,
  ).toEqual({ command: 'continue' });
  expect(await api.application.get(Reconciler).requeueExpired()).toBe(0);
  expect((await evaluation(claim.id)).progress).toEqual(progress);
});

test('a checkpoint of the current epoch is where the next claim goes on', async () => {
  const claim = await claimed();
  const at = `/v1/evaluations/${claim.id}`;
  expect((await worker.send(`${at}/checkpoint`, { epoch: 1, artifact: ARTIFACT, step: 8 })).status).toBe(200);
  expect((await worker.send(`${at}/handback`, { epoch: 1 })).body).toMatchObject({ state: 'queued' });
  expect((await worker.send(`${at}/checkpoint`, { epoch: 1, artifact: ARTIFACT, step: 9 })).status).toBe(409);
  const again = await worker.claim({ id: claim.id, dispatch: 1 });
  expect(again.body.work.resume).toEqual({ artifact: ARTIFACT, step: 8 });
});

const failure = (kind: string): unknown => ({ status: 'failed', class: kind, reason: 'a test says so' });

test.each([
  ['transient', ['queued', 'queued', 'queued', 'queued']],
  ['poison', ['queued', 'queued', 'failed']],
  ['out-of-memory', ['queued', 'failed']],
  ['diverged', ['failed']],
  ['timeout', ['failed']],
])('%s ends or comes again as the table of failure classes says', async (kind, states) => {
  const job = await queued();
  for (const [dispatch, state] of states.entries()) {
    const claim = (await worker.claim({ id: job.id, dispatch })).body;
    expect((await result(claim, failure(kind))).body).toMatchObject({ state });
  }
});

test('after out of memory the next claim carries smaller work, from the beginning', async () => {
  const claim = await claimed();
  expect(claim.work.accumulate).toBeUndefined();
  const at = `/v1/evaluations/${claim.id}`;
  await worker.send(`${at}/checkpoint`, { epoch: 1, artifact: ARTIFACT, step: 8 });
  await result(claim, failure('out-of-memory'));
  const smaller = (await worker.claim({ id: claim.id, dispatch: 1 })).body;
  expect(smaller.work).toMatchObject({ ...claim.work, accumulate: 4 });
  expect(smaller.work.resume).toBeUndefined();
  await worker.send(`${at}/handback`, { epoch: 2, checkpoint: ARTIFACT, step: 4 });
  const again = (await worker.claim({ id: claim.id, dispatch: 2 })).body;
  expect(again.work).toMatchObject({ accumulate: 4, resume: { artifact: ARTIFACT, step: 4 } });
});

test('crashes at different resume points are not poison yet', async () => {
  const job = await queued();
  for (const dispatch of [0, 1, 2, 3]) {
    const claim = (await worker.claim({ id: job.id, dispatch })).body;
    await worker.send(`/v1/evaluations/${job.id}/checkpoint`, {
      epoch: claim.epoch,
      artifact: ARTIFACT,
      step: 4 * dispatch + 4,
    });
    expect((await result(claim, failure('poison'))).body).toMatchObject({ state: 'queued' });
  }
});

test('a worker of another contract version is refused with the remedy, at its first call and at a claim', async () => {
  const first = await worker.send<ProblemDocument>('/v1/workers', registration({ contractVersion: 99 }));
  expect(first).toMatchObject({ status: 409, body: { code: 'contract-mismatch' } });
  expect(first.body.remedy).toBeDefined();
  const job = await queued();
  const body: ClaimRequest = { worker: worker.welcome.id, dispatch: 0, contractVersion: contractVersion + 1 };
  expect((await worker.send(`/v1/evaluations/${job.id}/claim`, body)).body).toMatchObject({
    code: 'contract-mismatch',
  });
});

test('work of one numeric class is not given to a worker of another', async () => {
  const job = await queued();
  const other = await ProtocolWorker.register(api, { numericClass: 'other-class', name: 'other' });
  const answer = await other.claim(job);
  await other.stop();
  await api.call('DELETE', `/v1/workers/${other.welcome.id}`);
  expect(answer.status).toBe(409);
});

test('a worker of another class or device leaves the jobs of others in their queues', async () => {
  const { body: profile } = await api.post<Profile>('/v1/profiles', { genome: 'lfm2', fresh: true });
  const jobs = [await queued(), { id: profile.id, dispatch: profile.dispatch }];
  const stranger = await ProtocolWorker.register(api, {
    numericClass: 'other-class',
    machine: { cpuModel: 'Other CPU', cores: 1, isa: [], memoryBytes: 8e9, os: 'linux' },
    name: 'stranger',
  });
  stranger.run();
  await new Promise((done) => setTimeout(done, 1_500));
  for (const job of jobs) expect((await stranger.claim(job)).status).toBe(409);
  // The reconciler rests in this file: a job that had been taken and dropped would not come back.
  const able = await ProtocolWorker.register(api, { name: 'able' });
  able.run();
  const rows = ['evaluations', 'profiles'].map((noun, at) => `/v1/${noun}/${jobs[at]!.id}`);
  for (const row of rows)
    await eventually('finished', async () => (await api.get(row)).body['state'] === 'finished', 8_000);
  await Promise.all([stranger.stop(), able.stop()]);
  await api.call('DELETE', `/v1/workers/${able.welcome.id}`);
  await api.call('DELETE', `/v1/workers/${stranger.welcome.id}`);
});

test('rows from before are moved to the queues that the service names', async () => {
  const { client } = api.database;
  const queues = () => client.work.findMany({ select: { id: true, queue: true }, orderBy: { id: 'asc' } });
  await queued();
  const named = await queues();
  expect(new Set(named.map(({ queue }) => queue)).has('train-cpu-test-class')).toBe(true);
  await client.$executeRaw`UPDATE work SET queue = 'train-cpu'`;
  const migration = join(checkout, 'prisma', 'migrations', '0004_queues_of_their_own', 'migration.sql');
  for (const statement of readFileSync(migration, 'utf8').split(/;\n/).slice(0, 2))
    await client.$executeRawUnsafe(statement);
  expect(await queues()).toEqual(named);
});

test('non-finite numbers are illegal in a result, with the pointer to them', async () => {
  const claim = await claimed();
  const outcome = JSON.stringify(scored(claim)).replace('"wallSeconds":1.3', '"wallSeconds":1e999');
  const answer = await worker.send<ProblemDocument>(
    `/v1/evaluations/${claim.id}/result`,
    `{"epoch":1,"outcome":${outcome}}`,
  );
  expect(answer.status).toBe(422);
  expect(answer.body.errors?.[0]?.pointer).toBe('/outcome/wallSeconds');
});

test('output of the child is kept in order, bounded, and shown per attempt', async () => {
  const claim = await claimed();
  const at = `/v1/evaluations/${claim.id}`;
  await worker.send(`${at}/logs`, { epoch: 1, offset: 6, text: 'world\n' });
  await worker.send(`${at}/logs`, { epoch: 1, offset: 0, text: 'hello ' });
  expect((await worker.send(`${at}/logs`, { epoch: 1, offset: 2_000_000, text: 'far beyond' })).body).toEqual(
    { stored: 0 },
  );
  expect((await api.get(`${at}/logs`)).text).toBe('--- attempt 1 ---\nhello world\n');
});

test('equal work is one row; a fresh one is another', async () => {
  const request = { genome: 'transformer-pp', tier: 'tiny' };
  const [first, second] = [
    await api.post<Evaluation>('/v1/evaluations', request),
    await api.post<Evaluation>('/v1/evaluations', request),
  ];
  const third = await api.post<Evaluation>('/v1/evaluations', { ...request, fresh: true });
  expect(second.body.id).toBe(first.body.id);
  expect(third.body.id).not.toBe(first.body.id);
});

test('a worker that left in order is not alive any more', async () => {
  const leaving = await ProtocolWorker.register(api, { name: 'leaving' });
  await api.call('DELETE', `/v1/workers/${leaving.welcome.id}`);
  await leaving.stop();
  const gone = await eventually('not alive', async () => {
    const { body } = await api.get<{ items: { id: string; alive: boolean }[] }>('/v1/workers');
    return body.items.find(({ id }) => id === leaving.welcome.id);
  });
  expect(gone.alive).toBe(false);
});

test('rungs travel with the claim, are other work than the whole budget, and come back with their branches', async () => {
  const ask = (rungs?: readonly number[], replicate = 3) =>
    api.post<Evaluation & ProblemDocument>('/v1/evaluations', {
      genome: 'lfm2',
      tier: 'tiny',
      replicate,
      ...(rungs === undefined ? {} : { rungs }),
    });
  const whole = await ask();
  expect((await ask([1])).body.id).toBe(whole.body.id);
  const { body } = await ask([0.5, 1]);
  expect(body.id).not.toBe(whole.body.id);
  expect((await ask([0.5, 1])).body.id).toBe(body.id);
  expect((await ask([0.5, 0.25])).body.errors).toEqual([
    expect.objectContaining({ pointer: '/rungs/1', code: 'invalid-rungs' }),
  ]);
  expect((await ask([0, 1])).status).toBe(422);
  const claim = (await worker.claim({ id: body.id, dispatch: body.dispatch })).body as EvaluationClaim;
  expect(claim.work.rungs).toEqual([0.5, 1]);
  const outcome = scored(claim);
  if (outcome.status !== 'scored') throw new Error('the test worker scores');
  const { families, quality, qualityBinding } = outcome;
  const rungs = claim.work.rungs.map((fraction) => ({
    fraction,
    tokens: 16384 * fraction,
    branchTokens: 2048 * fraction,
    branchCpuSeconds: 0.2,
    families,
    quality,
    qualityBinding,
    guard: 0.1,
  }));
  const artifacts = { checkpoint: ARTIFACT, samples: ARTIFACT, trunk: ARTIFACT };
  expect((await result(claim, { ...outcome, rungs, artifacts })).status).toBe(200);
  expect((await evaluation(body.id)).outcome).toMatchObject({ rungs, artifacts });
});

test('a training to more rungs goes on from the trunk that one to fewer left', async () => {
  const ask = async (rungs: readonly number[], fresh = false): Promise<EvaluationClaim> => {
    const { body } = await api.post<Evaluation>('/v1/evaluations', {
      genome: 'lfm2',
      tier: 'tiny',
      replicate: 4,
      rungs,
      fresh,
    });
    return (await worker.claim({ id: body.id, dispatch: body.dispatch })).body;
  };
  const end = async (claim: EvaluationClaim, trunk?: string): Promise<void> => {
    const artifacts = { checkpoint: ARTIFACT, samples: ARTIFACT, ...(trunk === undefined ? {} : { trunk }) };
    expect((await result(claim, { ...scored(claim), artifacts })).status).toBe(200);
  };
  const quarter = await ask([0.25]);
  expect(quarter.work.resume).toBeUndefined();
  await end(quarter, ARTIFACT);
  const half = await ask([0.25, 0.5]);
  expect(half.work.resume).toEqual({ artifact: ARTIFACT, step: 16 });
  await end(half);
  for (const [rungs, fresh] of [
    [[0.5, 1], false],
    [[0.25, 0.75], true],
  ] as const) {
    const claim = await ask(rungs, fresh);
    expect(claim.work.resume).toBeUndefined();
    await end(claim);
  }
});
