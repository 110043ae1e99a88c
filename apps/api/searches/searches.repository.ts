import { Injectable } from '@nestjs/common';
import type { HypervolumeHistory } from '@asterism/contracts';
import { Database, type Db, type Prisma } from '../persistence/database';
import type { SearchModel } from '../persistence/generated/models';
import { notFound } from '../http/problem';

/** Rows of searches and what hangs below them, but candidates. */
@Injectable()
export class SearchesRepository {
  constructor(private readonly database: Database) {}

  async get(id: string, db: Db = this.database.client): Promise<SearchModel> {
    const row = await db.search.findUnique({ where: { id } });
    if (row === null) throw notFound(`search ${id}`);
    return row;
  }

  async lock(db: Db, id: string): Promise<SearchModel> {
    const [row] = await db.$queryRaw<SearchModel[]>`SELECT * FROM search WHERE id = ${id} FOR UPDATE`;
    if (row === undefined) throw notFound(`search ${id}`);
    return row;
  }

  list(limit: number, before?: string): Promise<SearchModel[]> {
    return this.database.client.search.findMany({
      ...(before === undefined ? {} : { where: { id: { lt: before } } }),
      orderBy: { id: 'desc' },
      take: limit,
    });
  }

  update(db: Db, id: string, data: Prisma.SearchUpdateInput): Promise<SearchModel> {
    return db.search.update({ where: { id }, data });
  }

  async hypervolumes(ids: readonly string[]): Promise<Map<string, number[]>> {
    const rows = await this.database.client.$queryRaw<{ searchId: string; values: number[] }[]>`
      SELECT "searchId", array_agg(value ORDER BY n) AS "values" FROM hypervolume_point
      WHERE "searchId" = ANY(${[...ids]}::text[]) GROUP BY "searchId"`;
    return new Map(rows.map((row) => [row.searchId, row.values]));
  }

  /** Points where the volume changed, and the last one; seconds since the search began. */
  async hypervolumeHistory(id: string): Promise<HypervolumeHistory['items']> {
    return this.database.client.$queryRaw<HypervolumeHistory['items']>`
      SELECT n, seconds::float8, value AS hypervolume FROM (
        SELECT p.n, p.value, extract(epoch FROM coalesce(c."finishedAt", p.at) - s."startedAt") AS seconds,
          lag(p.value) OVER (ORDER BY p.n) AS before, lead(p.n) OVER (ORDER BY p.n) AS after
        FROM hypervolume_point p JOIN search s ON s.id = p."searchId"
        LEFT JOIN candidate c ON c."searchId" = p."searchId" AND c.n = p.n - 1
        WHERE p."searchId" = ${id}
      ) history WHERE before IS DISTINCT FROM value OR after IS NULL ORDER BY n`;
  }

  /** Live leases on rows that open candidates wait for. */
  async workersOf(ids: readonly string[]): Promise<Map<string, number>> {
    const rows = await this.database.client.$queryRaw<{ searchId: string; workers: number }[]>`
      SELECT c."searchId", count(DISTINCT w."workerId")::int AS workers FROM candidate c
      JOIN work w ON w.state = 'running' AND (w.id = c."evaluationId" OR c."profileIds" @> ARRAY[w.id])
      WHERE c."finishedAt" IS NULL AND c."searchId" = ANY(${[...ids]}::text[]) GROUP BY c."searchId"`;
    return new Map(rows.map((row) => [row.searchId, row.workers]));
  }

  async counts(id: string): Promise<Record<string, number>> {
    const rows = await this.database.client.candidate.groupBy({
      by: ['state'],
      where: { searchId: id },
      _count: true,
    });
    return Object.fromEntries(rows.map((row) => [row.state, row._count]));
  }

  /** The decision log as it was written, one event per line. */
  async *log(id: string): AsyncGenerator<string> {
    for (let seq = 0; ;) {
      const rows = await this.database.client.logEvent.findMany({
        where: { searchId: id, seq: { gte: seq } },
        orderBy: { seq: 'asc' },
        take: 500,
      });
      for (const row of rows) yield `${row.line}\n`;
      const last = rows.at(-1);
      if (last === undefined || rows.length < 500) return;
      seq = last.seq + 1;
    }
  }
}
