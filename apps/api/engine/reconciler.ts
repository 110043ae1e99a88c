import { Inject, Injectable, Logger } from '@nestjs/common';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { Teller } from '../leases/teller';
import { WorkRepository } from '../leases/work.repository';
import { Database } from '../persistence/database';
import { Conveyor, type Dispatch } from '../queue/conveyor';

const BATCH = 500;

/** Compares the database with time and with Redis. The only one who turns an expired lease into another dispatch. */
@Injectable()
export class Reconciler {
  private readonly logger = new Logger('reconciler');

  constructor(
    private readonly database: Database,
    private readonly work: WorkRepository,
    private readonly conveyor: Conveyor,
    private readonly teller: Teller,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  async round(): Promise<void> {
    await this.requeueExpired();
    await this.republishAbsent();
  }

  /** Leases that ran out: queued again under the next dispatch, or cancelled when that was asked for. */
  async requeueExpired(): Promise<number> {
    const expired = await this.database.client.$queryRaw<{ id: string }[]>`
      SELECT id FROM work WHERE state = 'running' AND "leaseUntil" < now() LIMIT ${BATCH}`;
    let lost = 0;
    for (const { id } of expired) if (await this.requeueOne(id)) lost += 1;
    if (lost > 0) this.logger.warn(`${lost} leases ran out; queued again`);
    return lost;
  }

  private async requeueOne(id: string): Promise<boolean> {
    const row = await this.database.transaction(async (db) => {
      // Looked at again under the row's lock: a heartbeat may have come meanwhile.
      const [still] = await db.$queryRaw<{ id: string }[]>`
        SELECT id FROM work WHERE id = ${id} AND state = 'running' AND "leaseUntil" < now() FOR UPDATE`;
      const found = still === undefined ? undefined : await this.work.find(id, db);
      if (found === undefined) return undefined;
      if (found.cancelRequested) await this.work.cancelNow(db, id);
      else {
        await db.work.update({ where: { id }, data: { losses: { increment: 1 } } });
        await this.work.requeue(db, found);
      }
      return found;
    });
    if (row === undefined) return false;
    this.teller.tell(row, 'lost', { epoch: row.epoch, worker: row.workerId ?? '' });
    return true;
  }

  /** Rows that wait in the database but not in Redis (it was wiped): the same dispatch is published again. */
  async republishAbsent(): Promise<number> {
    const waiting = await this.database.client.$queryRaw<Dispatch[]>`
      SELECT w.id, w.dispatch, w.queue FROM work w
      WHERE w.state = 'queued' AND w."queuedAt" < now() - ${this.environment.reconcileMs} * interval '1 millisecond'
        AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o."workId" = w.id)
      ORDER BY w."queuedAt" LIMIT ${BATCH}`;
    const absent = await this.conveyor.absent(waiting).catch(() => []);
    await this.database.transaction((db) => this.work.enqueue(db, absent));
    return absent.length;
  }
}
