import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { AddressInfo, Server } from 'node:net';
import { join } from 'node:path';
import type { INestApplication } from '@nestjs/common';
import { PrivateServices } from '../../../test/services';
import { createApplication } from '../application';
import { checkout } from '../config/checkout';
import { readEnvironment, type Environment } from '../config/environment';
import { Database } from '../persistence/database';

export interface Answer<T = Record<string, unknown>> {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly body: T;
}

/** The API as a process would run it, on a private PostgreSQL and Redis. */
export class TestApi {
  private constructor(
    readonly services: PrivateServices,
    readonly application: INestApplication,
    readonly environment: Environment,
    readonly url: string,
    private readonly owner: boolean,
  ) {}

  static async start(variables: Readonly<Record<string, string>> = {}): Promise<TestApi> {
    const services = await PrivateServices.start();
    const env = { ...process.env, DATABASE_URL: services.databaseUrl };
    execFileSync(process.execPath, [join(checkout, 'scripts', 'migrate.mjs')], { env });
    return TestApi.on(services, variables, true);
  }

  /** Another process of the same installation. */
  another(variables: Readonly<Record<string, string>> = {}): Promise<TestApi> {
    return TestApi.on(this.services, variables, false);
  }

  private static async on(
    services: PrivateServices,
    variables: Readonly<Record<string, string>>,
    owner: boolean,
  ): Promise<TestApi> {
    const environment = readEnvironment({
      DATABASE_URL: services.databaseUrl,
      REDIS_URL: services.redisUrl,
      ASTERISM_STATE: services.state,
      PORT: '0',
      LEASE_MS: '1500',
      HEARTBEAT_MS: '300',
      RECONCILE_MS: '300',
      ...variables,
    });
    const application = await createApplication(environment, true);
    await application.listen(0, '127.0.0.1');
    const { port } = (application.getHttpServer() as Server).address() as AddressInfo;
    return new TestApi(services, application, environment, `http://127.0.0.1:${port}`, owner);
  }

  get database(): Database {
    return this.application.get(Database);
  }

  token(scope: 'admin' | 'worker'): string {
    return readFileSync(join(this.environment.state, 'tokens', scope), 'utf8').trim();
  }

  async call<T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    const answer = await fetch(`${this.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { authorization: `Bearer ${this.token('admin')}`, ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await answer.text();
    return { status: answer.status, headers: answer.headers, text, body: parsed(text) as T };
  }

  get<T = Record<string, unknown>>(
    path: string,
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    return this.call<T>('GET', path, undefined, headers);
  }

  post<T = Record<string, unknown>>(
    path: string,
    body: unknown = {},
    headers: Readonly<Record<string, string>> = {},
  ): Promise<Answer<T>> {
    return this.call<T>('POST', path, body, headers);
  }

  async stop(): Promise<void> {
    await this.application.close();
    if (this.owner) await this.services.stop();
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Waits until the probe gives something, and fails with its name when it never does. */
export async function eventually<T>(
  what: string,
  probe: () => Promise<T | undefined | false>,
  ms = 20_000,
): Promise<T> {
  const end = Date.now() + ms;
  for (;;) {
    const found = await probe();
    if (found !== undefined && found !== false) return found;
    if (Date.now() > end) throw new Error(`never happened: ${what}`);
    await new Promise((done) => setTimeout(done, 25));
  }
}
