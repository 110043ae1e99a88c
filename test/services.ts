import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** Addresses and process ids of a private PostgreSQL and Redis. */
export interface ServiceAddresses {
  readonly DATABASE_URL: string;
  readonly REDIS_URL: string;
  readonly pids: { readonly postgres: number; readonly redis: number };
}

export type ServiceName = keyof ServiceAddresses['pids'];

/**
 * A private PostgreSQL (empty database) and Redis on a throw-away folder. They end with `stop`, and also when the test
 * process dies, because their keeper watches its standard input.
 */
export class PrivateServices {
  private constructor(
    private readonly keeper: ChildProcessByStdio<Writable, Readable, null>,
    private readonly answers: AsyncIterator<string>,
    readonly state: string,
    private addresses: ServiceAddresses,
  ) {}

  /** Starts both; `durable` keeps PostgreSQL's fsync on (only power loss can tell the difference). */
  static async start(options: { readonly durable?: boolean } = {}): Promise<PrivateServices> {
    const state = mkdtempSync(join(tmpdir(), 'asterism-test-'));
    const script = resolve(__dirname, '../scripts/services.mjs');
    const args = [script, 'run', '--state', state, ...(options.durable ? ['--durable'] : [])];
    const keeper = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    const answers = createInterface({ input: keeper.stdout })[Symbol.asyncIterator]();
    return new PrivateServices(keeper, answers, state, await nextAddresses(answers));
  }

  get databaseUrl(): string {
    return this.addresses.DATABASE_URL;
  }

  get redisUrl(): string {
    return this.addresses.REDIS_URL;
  }

  /** Kills one service with SIGKILL, as a fault would. */
  kill(name: ServiceName): void {
    process.kill(this.addresses.pids[name], 'SIGKILL');
  }

  /** Starts what is down again, on the same data and the same ports. */
  async restart(): Promise<void> {
    this.keeper.stdin.write('start\n');
    this.addresses = await nextAddresses(this.answers);
  }

  /** Stops both and removes the folder. */
  async stop(): Promise<void> {
    const ended = new Promise((done) => this.keeper.once('exit', done));
    this.keeper.stdin.end();
    await ended;
  }
}

async function nextAddresses(answers: AsyncIterator<string>): Promise<ServiceAddresses> {
  const next = await answers.next();
  if (next.done) throw new Error('the private services did not start; their message is above');
  return JSON.parse(next.value) as ServiceAddresses;
}
