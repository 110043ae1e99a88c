import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { PrismaPg } from '@prisma/adapter-pg';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { Prisma, PrismaClient } from './generated/client';

/** Either the client or a transaction of it. */
export type Db = Prisma.TransactionClient;
export { Prisma };

/** PostgreSQL behind one pool; repositories take a `Db`, so that they can join a transaction. */
@Injectable()
export class Database implements OnApplicationShutdown {
  readonly client: PrismaClient;

  constructor(@Inject(ENVIRONMENT) environment: Environment) {
    // node-postgres has no connect timeout of its own: without one a lost database hangs every request.
    const adapter = new PrismaPg({
      connectionString: environment.databaseUrl,
      max: 16,
      connectionTimeoutMillis: 5_000,
      idleTimeoutMillis: 60_000,
      statement_timeout: 30_000,
    });
    this.client = new PrismaClient({ adapter });
  }

  transaction<T>(work: (db: Db) => Promise<T>): Promise<T> {
    return this.client.$transaction(work, { maxWait: 10_000, timeout: 60_000 });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.client.$disconnect();
  }
}

/** JSON columns take plain data only; our domain types are exactly that. */
export function toJson(value: unknown): Prisma.InputJsonValue {
  return value as Prisma.InputJsonValue;
}

export function fromJson<T>(value: unknown): T {
  return value as T;
}
