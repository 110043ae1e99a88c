import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { Subject } from 'rxjs';
import { ENVIRONMENT, type Environment } from '../config/environment';
import type { Db } from './database';

export type Signal =
  | { readonly about: 'journal'; readonly search: string }
  | { readonly about: 'search'; readonly search: string }
  | { readonly about: 'outbox' }
  | { readonly about: 'progress'; readonly work: string; readonly progress: unknown };

/** The one channel of NOTIFY. */
export const CHANNEL = 'asterism';
const RETRY_MS = 1_000;

/** Tells every process after commit. A hint only: whoever listens also polls, so a lost one costs a second or two. */
export async function notify(db: Db, signal: Signal): Promise<void> {
  await db.$executeRaw`SELECT pg_notify(${CHANNEL}, ${JSON.stringify(signal)})`;
}

/** LISTEN on a connection of its own, reconnecting for ever. */
@Injectable()
export class Listener implements OnApplicationBootstrap, OnApplicationShutdown {
  readonly signals = new Subject<Signal>();
  private client: Client | undefined;
  private stopped = false;

  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  onApplicationBootstrap(): void {
    void this.connect();
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    await this.client?.end().catch(() => undefined);
    this.signals.complete();
  }

  private async connect(): Promise<void> {
    if (this.stopped) return;
    const client = new Client({
      connectionString: this.environment.databaseUrl,
      connectionTimeoutMillis: 5_000,
    });
    this.client = client;
    let over = false;
    const again = (): void => {
      if (over) return;
      over = true;
      client.end().catch(() => undefined);
      if (!this.stopped) setTimeout(() => void this.connect(), RETRY_MS).unref();
    };
    client.on('error', again);
    client.on('end', again);
    client.on('notification', ({ payload }) => this.signals.next(JSON.parse(payload ?? '{}') as Signal));
    try {
      await client.connect();
      await client.query(`LISTEN ${CHANNEL}`);
    } catch {
      again();
    }
  }
}
