import { createHash } from 'node:crypto';
import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import {
  contractVersion,
  type EvaluationClaim,
  type EvaluationOutcome,
  type Job,
  type ProfileClaim,
  type ProfileOutcome,
  type WorkerWelcome,
} from '@asterism/contracts';
import type { Answer, TestApi } from './api';

const BYTES = Buffer.from('checkpoint of a test');
export const ARTIFACT = createHash('sha256').update(BYTES).digest('hex');

const unit = (hash: string, at: number): number => parseInt(hash.slice(at * 6, at * 6 + 6), 16) / 0xffffff;

/** Scores that follow from the genome's hash: the protocol is real, the training is left out. */
export function scored(
  claim: EvaluationClaim,
  changes: Partial<{ quality: number }> = {},
): EvaluationOutcome {
  const value = changes.quality ?? unit(claim.work.genomeHash, 0);
  const { suite, suiteVersion } = claim.work;
  return {
    status: 'scored',
    suite,
    suiteVersion,
    tasks: [
      { id: 'recall4', family: 'recall', n: 10, accuracy: value, score: value, low: value, high: value },
    ],
    families: { recall: { score: value, low: value, high: value } },
    quality: { value, low: value - 0.01, high: value + 0.01 },
    qualityBinding: value,
    curve: [{ fraction: 1, tokens: 16384, quality: value, families: { recall: value } }],
    tokens: 16384,
    steps: 16,
    seed: 1,
    parameters: 1000,
    cpuSeconds: { data: 0.1, train: 1, score: 0.2 },
    wallSeconds: 1.3,
    device: 'cpu',
    numericClass: 'test-class',
    flopsShare: 0.1,
    artifacts: { checkpoint: ARTIFACT, samples: ARTIFACT },
  };
}

/** Measurements that follow from the genome's hash. */
export function measured(claim: ProfileClaim): ProfileOutcome {
  const at = (name: string, scale: number): [string, number][] =>
    claim.work.contexts.map((context, i) => [
      `${name}/ctx${context}`,
      scale * (0.5 + unit(claim.work.genomeHash, i)),
    ]);
  const metrics = Object.fromEntries([
    ...at('decodeMsP50', 4),
    ...at('decodeMsP95', 6),
    ...at('peakBytes', 1e8),
    ...at('cacheBytes', 1e6),
  ]);
  return {
    status: 'measured',
    target: 'Test CPU/torch/fp32',
    metrics,
    intervals: Object.fromEntries(
      Object.entries(metrics).map(([name, value]) => [name, [value * 0.9, value * 1.1]]),
    ),
    ratioToYardstick: { 'decode/ctx4096': 1.1 },
    settled: true,
    contended: false,
    undecided: false,
    identity: { cpuModel: 'Test CPU' },
    cacheElements: { 'kv/ctx4096': 100 },
    artifacts: { samples: ARTIFACT },
    cpuSeconds: 1,
    wallSeconds: 1,
  };
}

/** A worker that speaks the whole protocol over the real queue, for tests of the control plane. */
export class ProtocolWorker {
  private readonly consumers: Worker[] = [];
  private readonly connections: Redis[] = [];
  private alive: NodeJS.Timeout | undefined;

  private constructor(
    private readonly api: TestApi,
    readonly welcome: WorkerWelcome,
  ) {}

  static async register(
    api: TestApi,
    changes: Readonly<Record<string, unknown>> = {},
  ): Promise<ProtocolWorker> {
    const authorization = `Bearer ${api.token('worker')}`;
    await fetch(`${api.url}/v1/artifacts/${ARTIFACT}`, {
      method: 'PUT',
      body: BYTES,
      headers: { authorization },
    });
    const answer = await api.post<WorkerWelcome>('/v1/workers', registration(changes), { authorization });
    if (answer.status !== 201) throw new Error(answer.text);
    const worker = new ProtocolWorker(api, answer.body);
    worker.alive = setInterval(
      () => void worker.send(`/v1/workers/${worker.welcome.id}/alive`, {}).catch(() => undefined),
      300,
    );
    return worker;
  }

  send<T = Record<string, unknown>>(path: string, body: unknown): Promise<Answer<T>> {
    return this.api.post<T>(path, body, { authorization: `Bearer ${this.api.token('worker')}` });
  }

  claim<T = EvaluationClaim>(job: Job): Promise<Answer<T>> {
    const noun = job.id.startsWith('prof_') ? 'profiles' : 'evaluations';
    return this.send<T>(`/v1/${noun}/${job.id}/claim`, {
      worker: this.welcome.id,
      dispatch: job.dispatch,
      contractVersion,
    });
  }

  /** Does one job from claim to receipt; null when it was not claimable. */
  async work(job: Job): Promise<Answer | null> {
    if (job.id.startsWith('prof_')) {
      const claim = await this.claim<ProfileClaim>(job);
      if (claim.status !== 200) return null;
      return this.send(`/v1/profiles/${job.id}/result`, {
        epoch: claim.body.epoch,
        outcome: measured(claim.body),
      });
    }
    const claim = await this.claim(job);
    if (claim.status !== 200) return null;
    return this.send(`/v1/evaluations/${job.id}/result`, {
      epoch: claim.body.epoch,
      outcome: scored(claim.body),
    });
  }

  /** Takes jobs from the queues until it is stopped. */
  run(concurrency = 4): void {
    for (const { name } of this.welcome.queues) {
      const connection = new Redis(this.welcome.redisUrl, { maxRetriesPerRequest: null });
      connection.on('error', () => undefined);
      this.connections.push(connection);
      const consumer = new Worker<Job>(name, async (job) => void (await this.work(job.data)), {
        connection,
        concurrency,
        drainDelay: 1,
      });
      consumer.on('error', () => undefined);
      this.consumers.push(consumer);
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.alive);
    await Promise.all(this.consumers.map((consumer) => consumer.close(true)));
    this.connections.forEach((connection) => connection.disconnect());
  }
}

export function registration(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    contractVersion,
    name: 'test worker',
    devices: ['cpu'],
    runtimes: ['cpu/torch/fp32'],
    machine: { cpuModel: 'Test CPU', cores: 2, isa: ['avx2'], memoryBytes: 8e9, os: 'linux' },
    software: { python: '3.11', torch: '2.13.0', asterism: '0.1.0' },
    numericClass: 'test-class',
    ...changes,
  };
}
