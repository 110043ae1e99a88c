import { Inject, Injectable, Logger, type OnApplicationShutdown } from '@nestjs/common';
import { Client } from 'pg';
import { ENVIRONMENT, type Environment } from '../config/environment';

const LOCK = 727073_01;

/**
 * One active scheduler, by an advisory lock on a connection of its own. This is for liveness and quiet only: every
 * writer takes the search's row lock, so two active ones do no harm.
 */
@Injectable()
export class Leader implements OnApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private client: Client | undefined;
  private held = false;

  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  async isActive(): Promise<boolean> {
    if (this.environment.forceActive) return true;
    try {
      const client = this.client ?? (await this.connect());
      if (this.held) {
        await client.query('SELECT 1');
        return true;
      }
      const { rows } = await client.query<{ locked: boolean }>('SELECT pg_try_advisory_lock($1) AS locked', [
        LOCK,
      ]);
      this.held = rows[0]?.locked === true;
      if (this.held) this.logger.log('this process schedules now');
      return this.held;
    } catch {
      this.drop();
      return false;
    }
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client?.end().catch(() => undefined);
  }

  private async connect(): Promise<Client> {
    const client = new Client({
      connectionString: this.environment.databaseUrl,
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    client.on('error', () => this.drop());
    await client.connect();
    this.client = client;
    return client;
  }

  private drop(): void {
    void this.client?.end().catch(() => undefined);
    this.client = undefined;
    this.held = false;
  }
}
