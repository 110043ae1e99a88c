import { Injectable, Logger } from '@nestjs/common';
import { Database } from '../persistence/database';
import { Conveyor } from '../queue/conveyor';

const BATCH = 500;

/** Carries what the database decided to Redis, after commit. Twice is no harm: the job id is the dispatch. */
@Injectable()
export class Outbox {
  private readonly logger = new Logger('outbox');
  private away = false;

  constructor(
    private readonly database: Database,
    private readonly conveyor: Conveyor,
  ) {}

  /** Publishes what waits; keeps it when Redis is away. */
  async publish(): Promise<void> {
    try {
      while ((await this.publishBatch()) === BATCH);
      if (this.away) this.logger.log('Redis answers again');
      this.away = false;
    } catch (error) {
      if (!this.away) this.logger.warn(`cannot publish now, kept for later: ${(error as Error).message}`);
      this.away = true;
    }
  }

  private publishBatch(): Promise<number> {
    return this.database.transaction(async (db) => {
      const rows = await db.$queryRaw<{ id: bigint; queue: string; workId: string; dispatch: number }[]>`
        SELECT id, queue, "workId", dispatch FROM outbox ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`;
      if (rows.length === 0) return 0;
      await this.conveyor.publish(
        rows.map(({ queue, workId, dispatch }) => ({ queue, id: workId, dispatch })),
      );
      await db.outbox.deleteMany({ where: { id: { in: rows.map((row) => row.id) } } });
      return rows.length;
    });
  }
}
