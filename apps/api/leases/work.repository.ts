import { Injectable } from '@nestjs/common';
import type { Progress, ResultReceipt, ResumePoint } from '@asterism/contracts';
import { Database, fromJson, Prisma, toJson, type Db } from '../persistence/database';
import type { WorkModel } from '../persistence/generated/models';
import { CHANNEL, notify } from '../persistence/listener';
import type { KnownWorker } from '../workers/workers.service';
import type { Troubles } from './verdict';
import type { Outcome, WorkKind, WorkRow } from './work';

type NewWork = Pick<
  WorkRow,
  'id' | 'kind' | 'memoKey' | 'queue' | 'genomeHash' | 'target' | 'numericClass' | 'work'
>;

export interface Owner {
  readonly workId: string;
  readonly searchId: string;
  readonly candidateId: string;
  readonly n: number;
}

/** What a heartbeat finds out about its row and its worker. */
interface Beaten {
  readonly cancelRequested: boolean;
  readonly draining: boolean;
  readonly workerId: string;
}

/** Trainings of one genome that are read at once; `compare` allows twenty seeds. */
const MOST_REPLICATES = 100;

const lease = (ms: number): Prisma.Sql => Prisma.sql`now() + ${ms} * interval '1 millisecond'`;

/** Rows of evaluations and profiles. Only the database's clock is ever compared with a lease. */
@Injectable()
export class WorkRepository {
  constructor(private readonly database: Database) {}

  async find(id: string, db: Db = this.database.client): Promise<WorkRow | undefined> {
    const row = await db.work.findUnique({ where: { id } });
    return row === null ? undefined : toWork(row);
  }

  async findMany(ids: readonly string[], db: Db = this.database.client): Promise<WorkRow[]> {
    return ids.length === 0 ? [] : (await db.work.findMany({ where: { id: { in: [...ids] } } })).map(toWork);
  }

  /** Finished trainings of one trial genome, oldest first. */
  async ofGenome(genomeHash: string): Promise<WorkRow[]> {
    const where = { kind: 'evaluation', genomeHash, state: 'finished' };
    return (
      await this.database.client.work.findMany({ where, orderBy: { id: 'asc' }, take: MOST_REPLICATES })
    ).map(toWork);
  }

  /** Finished rows whose memo key begins so. */
  async finishedUnder(db: Db, memoKey: string): Promise<WorkRow[]> {
    const where = { state: 'finished', memoKey: { startsWith: memoKey } };
    return (await db.work.findMany({ where, take: MOST_REPLICATES })).map(toWork);
  }

  async list(kind: WorkKind, limit: number, before?: string): Promise<WorkRow[]> {
    const where = { kind, ...(before === undefined ? {} : { id: { lt: before } }) };
    return (await this.database.client.work.findMany({ where, orderBy: { id: 'desc' }, take: limit })).map(
      toWork,
    );
  }

  /** For each wanted row the one of equal work when there is one, else a new one with its outbox entry. */
  async findOrCreate(db: Db, wanted: readonly NewWork[]): Promise<WorkRow[]> {
    if (wanted.length === 0) return [];
    await db.work.createMany({
      data: wanted.map((one) => ({ ...one, work: toJson(one.work), state: 'queued' })),
      skipDuplicates: true,
    });
    const found = (
      await db.work.findMany({ where: { memoKey: { in: wanted.map(({ memoKey }) => memoKey) } } })
    ).map(toWork);
    const fresh = new Set(wanted.map(({ id }) => id));
    await this.enqueue(
      db,
      found.filter(({ id }) => fresh.has(id)),
    );
    const byKey = new Map<string, WorkRow>();
    for (const row of found) byKey.set(row.memoKey, await this.revive(db, row));
    return wanted.map(({ memoKey }) => byKey.get(memoKey)!);
  }

  /** Equal work that was cancelled for another search is wanted again. */
  private async revive(db: Db, row: WorkRow): Promise<WorkRow> {
    if (row.state === 'running' && row.cancelRequested) {
      return toWork(await db.work.update({ where: { id: row.id }, data: { cancelRequested: false } }));
    }
    if (row.state !== 'cancelled') return row;
    const data = {
      state: 'queued',
      cancelRequested: false,
      dispatch: row.dispatch + 1,
      finishedAt: null,
      queuedAt: new Date(),
    };
    const revived = toWork(await db.work.update({ where: { id: row.id }, data }));
    await this.enqueue(db, [revived]);
    return revived;
  }

  async enqueue(db: Db, rows: readonly Pick<WorkRow, 'id' | 'queue' | 'dispatch'>[]): Promise<void> {
    if (rows.length === 0) return;
    await db.outbox.createMany({
      data: rows.map(({ id, queue, dispatch }) => ({ queue, workId: id, dispatch })),
    });
    await notify(db, { about: 'outbox' });
  }

  /** One statement: epoch + 1 and a lease where id, dispatch and state match. */
  async claim(
    id: string,
    kind: WorkKind,
    dispatch: number,
    worker: KnownWorker,
    leaseMs: number,
  ): Promise<WorkRow | undefined> {
    const rows = await this.database.client.$queryRaw<WorkModel[]>`
      UPDATE work SET state = 'running', epoch = epoch + 1, "leaseUntil" = ${lease(leaseMs)}, "workerId" = ${worker.id},
        "startedAt" = coalesce("startedAt", now()), progress = NULL
      WHERE id = ${id} AND kind = ${kind} AND dispatch = ${dispatch} AND state = 'queued' AND NOT "cancelRequested"
        AND queue = ANY(${worker.queues}::text[])
      RETURNING *`;
    return rows[0] === undefined ? undefined : toWork(rows[0]);
  }

  async beat(id: string, epoch: number, progress: Progress, leaseMs: number): Promise<Beaten | undefined> {
    const rows = await this.database.client.$queryRaw<Beaten[]>`
      UPDATE work SET "leaseUntil" = ${lease(leaseMs)}, progress = ${JSON.stringify(progress)}::jsonb
      WHERE id = ${id} AND epoch = ${epoch} AND state = 'running' RETURNING "cancelRequested", "workerId",
        coalesce((SELECT draining FROM worker WHERE worker.id = work."workerId"), false) AS draining`;
    return rows[0];
  }

  async lock(db: Db, id: string): Promise<WorkRow | undefined> {
    const rows = await db.$queryRaw<WorkModel[]>`SELECT * FROM work WHERE id = ${id} FOR UPDATE`;
    return rows[0] === undefined ? undefined : toWork(rows[0]);
  }

  /**
   * Accepts a final outcome under the current epoch, confirms what the report split was opened for, and wakes the
   * searches that wait: one statement, so that results cost one round trip. False: this epoch does not hold the row.
   */
  async finish(
    db: Db,
    row: Pick<WorkRow, 'id' | 'kind' | 'epoch'>,
    outcome: Outcome,
    hash: string,
    receipt: ResultReceipt,
  ): Promise<boolean> {
    const rows = await db.$queryRaw<{ id: string }[]>`
      WITH done AS (
        UPDATE work SET state = ${receipt.state}, class = ${receipt.class ?? null}, outcome = ${JSON.stringify(outcome)}::jsonb,
          "leaseUntil" = NULL, "resultEpoch" = epoch, "resultHash" = ${hash}, receipt = ${JSON.stringify(receipt)}::jsonb, "finishedAt" = now()
        WHERE id = ${row.id} AND kind = ${row.kind} AND epoch = ${row.epoch} AND state = 'running' RETURNING id, state
      ), confirmed AS (
        UPDATE candidate SET confirmed = true
        WHERE id IN (SELECT o."candidateId" FROM opening o JOIN done ON done.id = o."evaluationId" AND done.state = 'finished')
      ), woken AS (
        SELECT pg_notify(${CHANNEL}, json_build_object('about', 'search', 'search', waiting."searchId")::text) FROM (
          SELECT DISTINCT c."searchId" FROM candidate c, done
          WHERE c."finishedAt" IS NULL AND (c."evaluationId" = ${row.id} OR c."profileIds" @> ARRAY[${row.id}]::text[])
        ) waiting
      )
      SELECT done.id FROM done LEFT JOIN (SELECT count(*) FROM woken) told ON true`;
    return rows.length > 0;
  }

  /** Back into the queue under the next dispatch. */
  async requeue(
    db: Db,
    row: WorkRow,
    more: {
      readonly troubles?: Troubles;
      /** Null forgets the resume point. */
      readonly resume?: ResumePoint | null;
      readonly hash?: string;
      readonly receipt?: ResultReceipt;
    } = {},
  ): Promise<void> {
    await db.work.update({
      where: { id: row.id },
      data: {
        state: 'queued',
        dispatch: row.dispatch + 1,
        leaseUntil: null,
        progress: Prisma.DbNull,
        queuedAt: new Date(),
        ...more.troubles,
        ...(more.resume === undefined
          ? {}
          : { resume: more.resume === null ? Prisma.DbNull : toJson(more.resume) }),
        ...(more.receipt === undefined
          ? {}
          : { resultEpoch: row.epoch, resultHash: more.hash ?? null, receipt: toJson(more.receipt) }),
      },
    });
    await this.enqueue(db, [{ ...row, dispatch: row.dispatch + 1 }]);
  }

  async cancelNow(db: Db, id: string): Promise<void> {
    await db.$executeRaw`
      UPDATE work SET state = 'cancelled', "leaseUntil" = NULL, "finishedAt" = now() WHERE id = ${id} AND state IN ('held', 'queued', 'running')`;
  }

  async refuse(db: Db, workId: string, epoch: number, reason: string, outcome: Outcome): Promise<void> {
    await db.refusedResult.create({ data: { workId, epoch, reason, outcome: toJson(outcome) } });
  }

  async setResume(id: string, epoch: number, resume: ResumePoint): Promise<boolean> {
    const { count } = await this.database.client.work.updateMany({
      where: { id, epoch, state: 'running' },
      data: { resume: toJson(resume) },
    });
    return count === 1;
  }

  async appendLog(workId: string, epoch: number, offset: number, text: string): Promise<boolean> {
    const stored = await this.database.client.$executeRaw`
      INSERT INTO work_log ("workId", epoch, "offset", text)
      SELECT ${workId}, ${epoch}, ${offset}, ${text} FROM work WHERE id = ${workId} AND epoch = ${epoch}
      ON CONFLICT ("workId", epoch, "offset") DO UPDATE SET text = excluded.text`;
    return stored > 0;
  }

  async logText(workId: string): Promise<string> {
    const parts = await this.database.client.workLog.findMany({
      where: { workId },
      orderBy: [{ epoch: 'asc' }, { offset: 'asc' }],
    });
    const lines: string[] = [];
    let epoch = 0;
    for (const part of parts) {
      if (part.epoch !== epoch) lines.push(`--- attempt ${part.epoch} ---\n`);
      epoch = part.epoch;
      lines.push(part.text);
    }
    return lines.join('');
  }

  /** Open candidates that wait for these rows. */
  ownersOf(ids: readonly string[], db: Db = this.database.client): Promise<Owner[]> {
    return db.$queryRaw<Owner[]>`
      SELECT w.id AS "workId", c."searchId", c.id AS "candidateId", c.n FROM unnest(${[...ids]}::text[]) AS w(id)
      JOIN candidate c ON c."finishedAt" IS NULL AND (c."evaluationId" = w.id OR c."profileIds" @> ARRAY[w.id])`;
  }
}

function toWork(row: WorkModel): WorkRow {
  return {
    ...row,
    kind: row.kind === 'profile' ? 'profile' : 'evaluation',
    state: row.state as WorkRow['state'],
    work: fromJson(row.work),
    progress: fromJson(row.progress),
    resume: fromJson(row.resume),
    outcome: fromJson(row.outcome),
    receipt: fromJson(row.receipt),
  };
}
