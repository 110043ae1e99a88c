import { Injectable } from '@nestjs/common';
import type { CandidatePoints, CandidateRow } from '@asterism/contracts';
import { notFound } from '../http/problem';
import { readCursor, writeCursor } from '../http/cursor';
import { Database, Prisma } from '../persistence/database';
import type { CandidateModel } from '../persistence/generated/models';
import { apartOf } from './apart';
import type { CandidatesQuery } from './candidates.query';

type Listed = Omit<CandidateModel, 'genome' | 'trialGenome'>;
const columns = Prisma.raw(
  '"id", "searchId", n, name, origin, state, class, "genomeHash", "trialHash", code, backbone, "values", intervals, feasible, "onFront", rank, parents, changes, "evaluationId", "profileIds", confirmed, "createdAt", "finishedAt"',
);

/** Candidates as rows of lists: the genomes, which are most of their bytes, are left out. */
@Injectable()
export class CandidatesRepository {
  constructor(private readonly database: Database) {}

  async find(id: string): Promise<CandidateModel> {
    const row = await this.database.client.candidate.findUnique({ where: { id } });
    if (row === null) throw notFound(`candidate ${id}`);
    return row;
  }

  /** Numbers of candidates of a search by their ids; those of other searches are left out. */
  async numbersOf(searchId: string, ids: readonly string[]): Promise<ReadonlyMap<string, number>> {
    const where = { searchId, id: { in: [...ids] } };
    const rows = await this.database.client.candidate.findMany({ where, select: { id: true, n: true } });
    return new Map(rows.map(({ id, n }) => [id, n]));
  }

  async page(
    searchId: string,
    query: CandidatesQuery,
  ): Promise<{ items: CandidateRow[]; next?: string; total: number }> {
    const filter = filterOf(searchId, query);
    const value = sortValue(query.sort);
    const [rows, total] = await Promise.all([
      this.database.client.$queryRaw<(Listed & { sortValue: number | null })[]>`
        SELECT * FROM (SELECT ${columns}, ${value} AS "sortValue" FROM candidate WHERE ${filter}) listed
        WHERE ${afterCursor(query)}
        ORDER BY "sortValue" ${Prisma.raw(query.order)} NULLS LAST, n LIMIT ${query.limit + 1}`,
      this.count(filter),
    ]);
    const shown = rows.slice(0, query.limit);
    const last = shown.at(-1);
    const next =
      rows.length > query.limit && last !== undefined
        ? writeCursor({ value: last.sortValue, id: String(last.n) })
        : undefined;
    return { items: await this.views(searchId, shown), ...(next === undefined ? {} : { next }), total };
  }

  private async count(filter: Prisma.Sql): Promise<number> {
    const rows = await this.database.client.$queryRaw<
      { total: number }[]
    >`SELECT count(*)::int AS total FROM candidate WHERE ${filter}`;
    return rows[0]?.total ?? 0;
  }

  /** All rows that the filters keep, in order, a batch at a time. */
  async *all(searchId: string, query: CandidatesQuery): AsyncGenerator<CandidateRow> {
    let cursor: string | undefined;
    do {
      const page = await this.page(searchId, { ...query, limit: 200, cursor });
      yield* page.items;
      cursor = page.next;
    } while (cursor !== undefined);
  }

  async rows(searchId: string, where: Prisma.Sql): Promise<CandidateRow[]> {
    const rows = await this.database.client.$queryRaw<Listed[]>`
      SELECT ${columns} FROM candidate WHERE "searchId" = ${searchId} AND ${where} ORDER BY n`;
    return this.views(searchId, rows);
  }

  /** Rows as they are shown side by side: none has the words of another. */
  async views(searchId: string, rows: readonly Listed[]): Promise<CandidateRow[]> {
    const apart = await apartOf(this.database, searchId, rows);
    return rows.map((row) => rowView(row, apart.get(row.id)));
  }

  /** One array per field. The columns are made by the database: 5,000 rows as objects would cost three times as much. */
  async points(searchId: string, metrics: readonly string[]): Promise<CandidatePoints> {
    const rows = await this.database.client.$queryRaw<
      (Pick<CandidatePoints, 'n' | 'id' | 'name' | 'origin' | 'state' | 'onFront' | 'confirmed'> &
        Record<string, unknown>)[]
    >`
      SELECT coalesce(array_agg(n ORDER BY n), '{}') AS n, coalesce(array_agg(id ORDER BY n), '{}') AS id, coalesce(array_agg(name ORDER BY n), '{}') AS name,
        coalesce(array_agg(origin ORDER BY n), '{}') AS origin, coalesce(array_agg(state ORDER BY n), '{}') AS state,
        coalesce(array_agg("onFront" ORDER BY n), '{}') AS "onFront", coalesce(array_agg(confirmed ORDER BY n), '{}') AS confirmed
      FROM candidate WHERE "searchId" = ${searchId}`;
    const measured = await this.database.client.$queryRaw<
      { metric: string; values: (number | null)[]; intervals: ([number, number] | null)[] }[]
    >`
      SELECT m.metric, coalesce(json_agg(c."values" -> m.metric ORDER BY c.n), '[]') AS "values", coalesce(json_agg(c.intervals -> m.metric ORDER BY c.n), '[]') AS intervals
      FROM candidate c CROSS JOIN unnest(${[...metrics]}::text[]) AS m(metric) WHERE c."searchId" = ${searchId} GROUP BY m.metric`;
    const { n, id, name, origin, state, onFront, confirmed } = rows[0]!;
    return {
      n,
      id,
      name,
      origin,
      state,
      onFront,
      confirmed,
      values: Object.fromEntries(measured.map((one) => [one.metric, one.values])),
      intervals: Object.fromEntries(measured.map((one) => [one.metric, one.intervals])),
    };
  }

  /** Learning curves, members of the front first. */
  async curves(
    searchId: string,
    limit: number,
  ): Promise<{ n: number; id: string; curve: { fraction: number; quality: number }[] }[]> {
    const rows = await this.database.client.$queryRaw<
      { n: number; id: string; curve: { fraction: number; quality: number }[] }[]
    >`
      SELECT c.n, c.id, w.outcome -> 'curve' AS curve FROM candidate c JOIN work w ON w.id = c."evaluationId"
      WHERE c."searchId" = ${searchId} AND w.state = 'finished' ORDER BY c."onFront" DESC, c.n LIMIT ${limit}`;
    return rows.map(({ n, id, curve }) => ({
      n,
      id,
      curve: curve.map(({ fraction, quality }) => ({ fraction, quality })),
    }));
  }

  async children(searchId: string, n: number): Promise<number[]> {
    const rows = await this.database.client.$queryRaw<{ n: number }[]>`
      SELECT n FROM candidate WHERE "searchId" = ${searchId} AND parents @> ARRAY[${n}]::int[] ORDER BY n`;
    return rows.map((row) => row.n);
  }
}

function filterOf(searchId: string, { state, origin, q, front, n }: CandidatesQuery): Prisma.Sql {
  const parts = [Prisma.sql`"searchId" = ${searchId}`];
  if (state !== undefined) parts.push(Prisma.sql`state = ANY(${state}::text[])`);
  if (origin !== undefined) parts.push(Prisma.sql`origin = ANY(${origin}::text[])`);
  if (front === 'true') parts.push(Prisma.sql`"onFront"`);
  if (n !== undefined) parts.push(Prisma.sql`n = ANY(${n}::int[])`);
  if (q !== undefined && q.trim() !== '') parts.push(searched(q.trim()));
  return Prisma.join(parts, ' AND ');
}

function searched(q: string): Prisma.Sql {
  if (/^#\d{1,7}$/.test(q)) return Prisma.sql`n = ${Number(q.slice(1))}`;
  const anywhere = `%${q.replace(/[\\%_]/g, '\\$&')}%`;
  const start = `${q.toLowerCase().replace(/[^0-9a-f]/g, 'x')}%`;
  return Prisma.sql`(name ILIKE ${anywhere} OR code ILIKE ${anywhere} OR "genomeHash" LIKE ${start})`;
}

function sortValue(sort: string): Prisma.Sql {
  switch (sort) {
    case 'n':
      return Prisma.sql`n::float8`;
    case 'rank':
      return Prisma.sql`rank::float8`;
    case 'createdAt':
      return Prisma.sql`extract(epoch FROM "createdAt")::float8`;
    default:
      return Prisma.sql`("values" ->> ${sort})::float8`;
  }
}

function afterCursor({ cursor, order }: CandidatesQuery): Prisma.Sql {
  const at = readCursor(cursor);
  if (at === undefined) return Prisma.sql`true`;
  const n = Number(at.id);
  if (at.value === null) return Prisma.sql`("sortValue" IS NULL AND n > ${n}::int)`;
  const value = Prisma.sql`${Number(at.value)}::float8`;
  const beyond = order === 'asc' ? Prisma.sql`"sortValue" > ${value}` : Prisma.sql`"sortValue" < ${value}`;
  return Prisma.sql`(${beyond} OR ("sortValue" = ${value} AND n > ${n}::int) OR "sortValue" IS NULL)`;
}

function rowView(row: Listed, apart?: string): CandidateRow {
  return {
    id: row.id,
    n: row.n,
    name: row.name,
    origin: row.origin as CandidateRow['origin'],
    state: row.state as CandidateRow['state'],
    ...(row.class === null ? {} : { class: row.class }),
    genomeHash: row.genomeHash,
    trialHash: row.trialHash,
    code: row.code,
    ...(apart === undefined ? {} : { apart }),
    backbone: row.backbone as CandidateRow['backbone'],
    values: row.values as CandidateRow['values'],
    intervals: row.intervals as CandidateRow['intervals'],
    onFront: row.onFront,
    rank: row.rank,
    parents: row.parents,
    evaluationId: row.evaluationId,
    profileIds: row.profileIds,
    confirmed: row.confirmed,
    createdAt: row.createdAt.toISOString(),
    finishedAt: row.finishedAt?.toISOString() ?? null,
  };
}
