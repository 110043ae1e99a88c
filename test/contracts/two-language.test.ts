import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { genomeHash, normalForm, parseGenome } from '@asterism/genome';
import { ManagedProcess } from '../managed-process';
import { alive, descendants } from '../processes';
import { PrivateServices } from '../services';
import { ControlPlane, type Row } from './control-plane';

const venv = process.env['ASTERISM_VENV'] ?? resolve(__dirname, '../../.asterism/venv');
const leaseMs = 1500;
const heartbeatMs = 300;

/** A genome small enough that how long its profile takes is decided by `rounds` alone. */
function profileWork(rounds: number): object {
  const size = { width: 64, vocab: 128, repeats: 1, tiedEmbeddings: true };
  const parsed = parseGenome({
    format: 1,
    size,
    backbone: [{ kind: 'gated-conv' }, { kind: 'swiglu', hidden: 128 }],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const work = {
    genome: normalForm(parsed.value),
    genomeHash: genomeHash(parsed.value),
    target: 'cpu/torch/fp32',
  };
  const sizes = { contexts: [64], prefillLengths: [32], decodeTokens: 8, rounds };
  return { ...work, ...sizes, limits: { memoryBytes: 2_000_000_000, cpuSeconds: 300 } };
}

/** A training of tier `tiny`; many mixers make its sixteen steps long enough to be interrupted. */
function evaluationWork(mixers: number, changes: object = {}): object {
  const size = { width: 64, vocab: 512, repeats: 1, tiedEmbeddings: false };
  const backbone = Array.from({ length: mixers }, () => [
    { kind: 'gated-conv' },
    { kind: 'swiglu', hidden: 256 },
  ]).flat();
  const parsed = parseGenome({ format: 1, size, backbone });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  const tier = {
    tier: 'tiny',
    suite: 'tiny-1',
    suiteVersion: '1',
    trainerVersion: '2',
    datasets: [],
    replicate: 0,
  };
  const limits = { memoryBytes: 2_000_000_000, cpuSeconds: 300 };
  const genome = { genome: normalForm(parsed.value), genomeHash: genomeHash(parsed.value) };
  return { ...genome, ...tier, device: 'cpu', split: 'select', rungs: [1], limits, ...changes };
}

interface Scored extends Readonly<Record<'tasks' | 'quality' | 'curve' | 'seed' | 'tokens', unknown>> {
  readonly artifacts: { readonly checkpoint: string };
}

/** Names, shapes and bytes of a safetensors file; the order of its metadata is not fixed by the format. */
function weightsOf(file: Buffer | undefined): unknown {
  if (file === undefined) throw new Error('the checkpoint was not uploaded');
  const end = 8 + Number(file.readBigUInt64LE());
  const { __metadata__: _, ...tensors } = JSON.parse(file.subarray(8, end).toString()) as Record<
    string,
    unknown
  >;
  return { tensors, bytes: createHash('sha256').update(file.subarray(end)).digest('hex') };
}

const quick = (): object => profileWork(1);
const endless = (): object => profileWork(100_000);

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

let logs = (): string => '';

async function until(what: string, holds: () => boolean, timeoutMs = 30_000): Promise<void> {
  const end = Date.now() + timeoutMs;
  while (!holds()) {
    if (Date.now() > end) throw new Error(`${what}: not within ${timeoutMs / 1000} s\n${logs()}`);
    await sleep(50);
  }
}

describe('a Node producer and a Python worker', () => {
  let services: PrivateServices;
  let folder: string;
  let plane: ControlPlane;
  let workers: ManagedProcess[] = [];

  function worker(name: string, url = plane.url, more: readonly string[] = []): ManagedProcess {
    const args = [
      '--server',
      url,
      '--token-file',
      join(folder, 'token'),
      '--name',
      name,
      '--state',
      join(folder, name),
      '--grace',
      '5',
    ];
    args.push(...more, '--calibration', join(services.state, 'calibration'));
    const log = join(folder, `${name}.log`);
    const process_ = new ManagedProcess(
      name,
      [join(venv, 'bin', 'python'), '-m', 'asterism.jobs.main', ...args],
      process.env,
      log,
    );
    workers.push(process_);
    process_.start();
    return process_;
  }

  const log = (name: string): string => readFileSync(join(folder, `${name}.log`), 'utf8');
  const measuring = (row: Row): boolean => row.state === 'running' && row.phase === 'measure';

  beforeAll(async () => {
    services = await PrivateServices.start();
  }, 60_000);

  afterAll(async () => {
    await services.stop();
  }, 30_000);

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'asterism-contract-'));
    writeFileSync(join(folder, 'token'), createHash('sha256').update(folder).digest('hex'));
    plane = new ControlPlane(services.redisUrl, { leaseMs, heartbeatMs });
    await plane.listen();
    logs = () => workers.map(({ name }) => `--- ${name}\n${log(name).slice(-3000)}`).join('\n');
  });

  afterEach(async () => {
    workers.forEach((process_) => process_.signal('SIGCONT'));
    await Promise.all(workers.map((process_) => process_.end('SIGKILL')));
    workers = [];
    await plane.close();
    rmSync(folder, { recursive: true, force: true });
  }, 30_000);

  it('does one job after the other and takes each out of the queue', async () => {
    const [first, second] = [await plane.add('profile', quick()), await plane.add('profile', quick())];
    worker('one');
    await until('both accepted', () => first.accepted + second.accepted === 2, 60_000);
    expect([first, second].map((row) => row.outcome?.reason ?? row.outcome?.status)).toEqual([
      'measured',
      'measured',
    ]);
    expect([first.claims, second.claims]).toEqual([1, 1]);
    await sleep(500);
    expect(await plane.held()).toMatchObject({ waiting: 0, active: 0, failed: 0 });
  }, 90_000);

  it('close: on SIGTERM the job is handed back, and another worker finishes it', async () => {
    const row = await plane.add('profile', profileWork(2000));
    const first = worker('closing');
    await until('measuring', () => measuring(row));
    const asked = Date.now();
    await first.end('SIGTERM');
    expect(Date.now() - asked).toBeLessThan(8000);
    expect(log('closing')).toContain('handed-back');
    expect(row.dispatch).toBe(1);
    Object.assign(row, { work: quick() });
    worker('next');
    await until('accepted', () => row.accepted === 1);
    expect([row.claims, row.refused]).toEqual([2, 0]);
  }, 90_000);

  it('stall: a worker frozen past its lease is refused when it wakes, and only one result counts', async () => {
    const row = await plane.add('profile', profileWork(4));
    const frozen = worker('frozen');
    await until('measuring', () => measuring(row));
    frozen.signal('SIGSTOP'); // the child goes on and finishes; its supervisor sleeps
    await until('the lease to run out', () => row.dispatch === 1);
    worker('awake');
    await until('accepted', () => row.accepted === 1, 60_000);
    frozen.signal('SIGCONT');
    await until('the late one to hear of it', () => /lost|stale-epoch/.test(log('frozen')));
    expect(row.accepted).toBe(1);
    expect(row.epoch).toBe(2);
  }, 120_000);

  it('kill: nothing of a killed worker survives, and its job is done once by another', async () => {
    const row = await plane.add('profile', endless());
    const victim = worker('victim');
    await until('measuring', () => measuring(row));
    const family = descendants(victim.pid);
    expect(family.length).toBeGreaterThanOrEqual(2);
    await victim.end('SIGKILL');
    await until('the children to be gone', () => !family.some(alive), 3000);
    Object.assign(row, { work: quick() });
    worker('heir');
    await until('accepted', () => row.accepted === 1, 60_000);
    expect([row.claims, row.dispatch]).toEqual([2, 1]);
  }, 120_000);

  it('cancel: the child is gone within five seconds and the worker takes the next job', async () => {
    const row = await plane.add('profile', endless());
    const busy = worker('busy');
    await until('measuring', () => measuring(row));
    const children = descendants(busy.pid).slice(-1);
    row.command = 'cancel';
    await until('the child to be gone', () => !children.some(alive), 5000);
    await until('the row to be given up', () => row.state === 'cancelled', 2000);
    const next = await plane.add('profile', quick());
    await until('the next accepted', () => next.accepted === 1);
    expect(row.accepted).toBe(0);
  }, 90_000);

  it('a child that is killed from outside is transient; one that crashes is poison with its signal', async () => {
    const [killed, crashed] = [await plane.add('profile', endless()), await plane.add('profile', endless())];
    const process_ = worker('hurt');
    for (const [row, signal] of [
      [killed, 'SIGKILL'],
      [crashed, 'SIGSEGV'],
    ] as const) {
      await until('measuring', () => measuring(row));
      process.kill(descendants(process_.pid).at(-1) ?? 0, signal);
      await until('an outcome', () => row.accepted === 1);
    }
    expect(killed.outcome).toMatchObject({ status: 'failed', class: 'transient' });
    expect(crashed.outcome).toMatchObject({ status: 'failed', class: 'poison' });
    expect(crashed.outcome?.reason).toContain('SIGSEGV at checkpoint step 0');
  }, 90_000);

  it('a child that hangs is ended as transient, and the worker takes the next job', async () => {
    const row = await plane.add('profile', endless());
    const process_ = worker('hanging', plane.url, ['--stall', '4']);
    await until('measuring', () => measuring(row));
    const child = descendants(process_.pid).at(-1) ?? 0;
    process.kill(child, 'SIGSTOP');
    await until('an outcome', () => row.accepted === 1);
    expect(row.outcome).toMatchObject({ status: 'failed', class: 'transient' });
    expect(row.outcome?.reason).toContain('no progress, output or CPU time');
    expect(alive(child)).toBe(false);
    const next = await plane.add('profile', quick());
    await until('the next accepted', () => next.accepted === 1, 60_000);
    expect(next.outcome?.status).toBe('measured');
  }, 120_000);

  it('Redis restart: the running job finishes and later ones are served', async () => {
    const row = await plane.add('profile', profileWork(6));
    worker('patient');
    await until('measuring', () => measuring(row));
    services.kill('redis');
    await sleep(1500);
    await services.restart();
    await until('accepted', () => row.accepted === 1, 60_000);
    const next = await plane.add('profile', quick());
    await until('the next accepted', () => next.accepted === 1, 30_000);
    expect(row.claims).toBe(1);
  }, 120_000);

  it('control plane away at the end: the result waits in the spool, through a restart of the worker too', async () => {
    const row = await plane.add('profile', profileWork(4));
    const first = worker('spooling');
    await until('measuring', () => measuring(row));
    await plane.away();
    row.leaseUntil = Date.now() + 3_600_000; // the lease's owner is away as well: its clock stands still
    await until(
      'the spooled entry',
      () => execFileSync('find', [join(folder, 'spooling'), '-name', 'entry.json']).length > 0,
      60_000,
    );
    await first.end('SIGTERM');
    await plane.listen();
    worker('spooling');
    await until('accepted', () => row.accepted === 1);
    expect(row.outcome?.status).toBe('measured');
    await until(
      'an empty spool',
      () => execFileSync('find', [join(folder, 'spooling'), '-name', 'entry.json']).length === 0,
    );
  }, 120_000);

  it('an interrupted training goes on elsewhere from its checkpoint and scores bit for bit like an undisturbed one', async () => {
    const [broken, whole] = [
      await plane.add('evaluation', evaluationWork(8)),
      await plane.add('evaluation', evaluationWork(8)),
    ];
    const first = worker('first');
    await until('training', () => broken.state === 'running' && broken.phase === 'train');
    await first.end('SIGTERM');
    expect(broken).toMatchObject({
      state: 'queued',
      dispatch: 1,
      resume: { artifact: expect.stringMatching(/^[0-9a-f]{64}$/) as unknown },
    });
    expect(broken.resume?.step).toBeGreaterThan(0);
    worker('second');
    await until('both scored', () => broken.accepted + whole.accepted === 2, 90_000);
    const scores = ({ outcome }: Row): unknown => {
      const { tasks, quality, curve, seed, tokens, artifacts } = outcome as unknown as Scored;
      return {
        tasks,
        quality,
        curve,
        seed,
        tokens,
        weights: weightsOf(plane.artifacts.get(artifacts.checkpoint)),
      };
    };
    expect(broken.outcome?.status).toBe('scored');
    expect(scores(broken)).toEqual(scores(whole));
  }, 150_000);

  it('says why work cannot be done: a vanished dataset, too little memory, too little time', async () => {
    const gone = { name: 'my-notes', kind: 'text', sha256: 'ab'.repeat(32) };
    const limits = { memoryBytes: 2_000_000_000, cpuSeconds: 300 };
    const refused = await plane.add('evaluation', evaluationWork(1, { datasets: [gone] }));
    const large = await plane.add(
      'evaluation',
      evaluationWork(8, { limits: { ...limits, memoryBytes: 20_000_000 } }),
    );
    const slow = await plane.add('profile', { ...endless(), limits: { ...limits, cpuSeconds: 1 } });
    worker('judge');
    await until('three outcomes', () => refused.accepted + large.accepted + slow.accepted === 3, 90_000);
    expect(refused.outcome).toMatchObject({
      class: 'refused',
      reason: expect.stringContaining('my-notes') as unknown,
    });
    expect([large.outcome?.class, slow.outcome?.class]).toEqual(['out-of-memory', 'timeout']);
  }, 120_000);

  it('another contract version: the worker ends with the remedy', async () => {
    const other = new ControlPlane(services.redisUrl, { leaseMs, heartbeatMs, contractVersion: 99 });
    await other.listen();
    const refused = worker('old', other.url);
    await until('its end', () => !refused.running);
    await other.close();
    expect(log('old')).toContain('install the worker of the same version');
  }, 60_000);
});
