import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { ManagedProcess } from './managed-process';
import { PrivateServices } from './services';

const root = resolve(__dirname, '..');
const venv = process.env['ASTERISM_VENV'] ?? join(root, '.asterism', 'venv');

export interface InstallationOptions {
  readonly workers: number;
  /** How many of the workers run from the beginning; all, unless said. */
  readonly awake?: number;
  /** Fault tests use short leases, so that a lost worker is noticed in seconds. */
  readonly leaseMs?: number;
  readonly heartbeatMs?: number;
  readonly reconcileMs?: number;
  readonly durable?: boolean;
  /** Where artifacts go, when not into the throw-away state. */
  readonly artifacts?: string | undefined;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** A whole Asterism on private services and throw-away state: control plane, workers, real queue, real database. */
export class Installation {
  private constructor(
    readonly services: PrivateServices,
    readonly url: string,
    readonly controlPlane: ManagedProcess,
    readonly workers: readonly ManagedProcess[],
    private readonly environment: NodeJS.ProcessEnv,
  ) {}

  static async start(options: InstallationOptions): Promise<Installation> {
    const services = await PrivateServices.start({ durable: options.durable ?? false });
    const port = await freePort();
    const url = `http://127.0.0.1:${port}`;
    const environment: NodeJS.ProcessEnv = {
      ...process.env,
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      ASTERISM_STATE: services.state,
      ASTERISM_ARTIFACTS: options.artifacts ?? join(services.state, 'artifacts'),
      HOST: '127.0.0.1',
      PORT: String(port),
      ROLE: 'all',
      LEASE_MS: String(options.leaseMs ?? 3000),
      HEARTBEAT_MS: String(options.heartbeatMs ?? 500),
      RECONCILE_MS: String(options.reconcileMs ?? 1000),
      OMP_NUM_THREADS: '1',
    };
    execFileSync(process.execPath, [join(root, 'scripts', 'migrate.mjs')], { env: environment });
    const log = (name: string): string => join(services.state, 'logs', `${name}.log`);
    const controlPlane = new ManagedProcess(
      'control-plane',
      [process.execPath, join(root, 'apps', 'api', 'dist', 'main.js')],
      environment,
      log('api'),
    );
    const workers = Array.from({ length: options.workers }, (_, at) => {
      const args = [
        '--server',
        url,
        '--token-file',
        join(services.state, 'tokens', 'worker'),
        '--name',
        `worker-${at}`,
      ];
      const state = ['--state', join(services.state, `worker-${at}`)];
      return new ManagedProcess(
        `worker-${at}`,
        [join(venv, 'bin', 'asterism-worker'), ...args, ...state],
        environment,
        log(`worker-${at}`),
      );
    });
    const installation = new Installation(services, url, controlPlane, workers, environment);
    controlPlane.start();
    await installation.healthy();
    workers.slice(0, options.awake).forEach((worker) => worker.start());
    return installation;
  }

  /** Another control plane on the same database, as after a split of the scheduler's lock. */
  async second(extra: NodeJS.ProcessEnv = {}): Promise<ManagedProcess> {
    const environment = { ...this.environment, PORT: String(await freePort()), ...extra };
    const log = join(this.services.state, 'logs', 'api-second.log');
    const process_ = new ManagedProcess(
      'second',
      [process.execPath, join(root, 'apps', 'api', 'dist', 'main.js')],
      environment,
      log,
    );
    process_.start();
    return process_;
  }

  async healthy(timeoutMs = 30_000): Promise<void> {
    const until = Date.now() + timeoutMs;
    for (;;) {
      const answer = await fetch(`${this.url}/v1/health`).catch(() => undefined);
      if (answer?.ok === true) return;
      if (Date.now() > until) throw new Error(`no healthy control plane at ${this.url}; ${this.tail('api')}`);
      await new Promise((done) => setTimeout(done, 200));
    }
  }

  token(scope: 'admin' | 'worker' = 'admin'): string {
    return readFileSync(join(this.services.state, 'tokens', scope), 'utf8').trim();
  }

  tail(name: string): string {
    return readFileSync(join(this.services.state, 'logs', `${name}.log`), 'utf8').slice(-2000);
  }

  async request(method: string, path: string, body?: unknown): Promise<Response> {
    return fetch(`${this.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${this.token()}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  async get<T>(path: string): Promise<T> {
    const answer = await this.request('GET', path);
    if (!answer.ok) throw new Error(`GET ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async post<T>(path: string, body: unknown): Promise<T> {
    const answer = await this.request('POST', path, body);
    if (!answer.ok) throw new Error(`POST ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  }

  async stop(): Promise<void> {
    this.workers.forEach((worker) => worker.signal('SIGCONT'));
    await Promise.all(this.workers.map((worker) => worker.end('SIGTERM')));
    await this.controlPlane.end('SIGTERM');
    await this.services.stop();
  }
}
