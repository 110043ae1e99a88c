import Redis from 'ioredis';
import { integer, pick, type Key } from '@asterism/random';
import type { Installation } from '../installation';
import { descendants } from '../processes';

const sleep = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Says what it struck; undefined when there was nothing to strike, such as no child at that moment. */
export type Fault = (installation: Installation, key: Key) => Promise<string | undefined>;

function workerOf(installation: Installation, key: Key): Installation['workers'][number] {
  const worker = installation.workers[integer(key, installation.workers.length)];
  if (worker === undefined) throw new Error('no workers');
  return worker;
}

const killControlPlane: Fault = async (installation) => {
  await installation.controlPlane.end('SIGKILL');
  await sleep(500);
  installation.controlPlane.start();
  await installation.healthy();
  return 'kill control plane';
};

const stopControlPlane: Fault = async (installation) => {
  installation.controlPlane.signal('SIGSTOP');
  await sleep(4000);
  installation.controlPlane.signal('SIGCONT');
  return 'stop control plane for 4 s';
};

const killWorker: Fault = async (installation, key) => {
  const worker = workerOf(installation, key);
  await worker.end('SIGKILL');
  worker.start();
  return `kill ${worker.name}`;
};

/** Longer than the lease: the row is given to another worker while this one still believes in it. */
const freezeWorker: Fault = async (installation, key) => {
  const worker = workerOf(installation, key);
  worker.signal('SIGSTOP');
  await sleep(5000);
  worker.signal('SIGCONT');
  return `freeze ${worker.name} past its lease`;
};

const yieldWorker: Fault = async (installation, key) => {
  const worker = workerOf(installation, key);
  await worker.end('SIGTERM');
  worker.start();
  return `restart ${worker.name} politely`;
};

const killChild: Fault = async (installation, key) => {
  const worker = workerOf(installation, key);
  const children = worker.running ? descendants(worker.pid) : [];
  if (children.length === 0) return undefined;
  const victim = pick({ ...key, purpose: 'victim' }, children);
  try {
    process.kill(victim, 'SIGKILL');
  } catch {
    return undefined; // ended between the look and the signal
  }
  return `kill child of ${worker.name}`;
};

const killRedis: Fault = async (installation) => {
  installation.services.kill('redis');
  await sleep(300);
  await installation.services.restart();
  return 'kill Redis';
};

const wipeRedis: Fault = async (installation) => {
  const redis = new Redis(installation.services.redisUrl, { lazyConnect: true, maxRetriesPerRequest: 1 });
  await redis.connect();
  await redis.flushall();
  redis.disconnect();
  return 'wipe Redis';
};

const killPostgres: Fault = async (installation) => {
  installation.services.kill('postgres');
  await sleep(300);
  await installation.services.restart();
  return 'kill PostgreSQL';
};

export const FAULTS: readonly Fault[] = [
  killControlPlane,
  stopControlPlane,
  killWorker,
  freezeWorker,
  yieldWorker,
  killChild,
  killRedis,
  wipeRedis,
  killPostgres,
];

/** One fault of every sort that `npm test` has time for. */
export const SHORT_FAULTS: readonly Fault[] = [killWorker, killControlPlane, wipeRedis, killChild];
