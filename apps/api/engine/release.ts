import type { Db } from '../persistence/database';

/** Ids of rows that open candidates of this search wait for and that no open candidate of another search needs. */
const onlyOurs = (db: Db, searchId: string): Promise<{ id: string; state: string }[]> => db.$queryRaw`
  WITH mine AS (
    SELECT DISTINCT unnest("profileIds" || CASE WHEN "evaluationId" IS NULL THEN '{}' ELSE ARRAY["evaluationId"] END) AS id
    FROM candidate WHERE "searchId" = ${searchId} AND (state = 'cancelled' OR "finishedAt" IS NULL)
  )
  SELECT w.id, w.state FROM work w JOIN mine ON mine.id = w.id
  WHERE w.state IN ('held', 'queued', 'running') AND NOT EXISTS (
    SELECT 1 FROM candidate other JOIN search s ON s.id = other."searchId"
    WHERE other."searchId" <> ${searchId} AND other."finishedAt" IS NULL AND NOT s."cancelRequested" AND NOT s.paused
      AND (other."evaluationId" = w.id OR other."profileIds" @> ARRAY[w.id]))
  ORDER BY w.id`;

/** Cancels what waits and asks running work to stop; gives how much still runs. */
export async function releaseWork(db: Db, searchId: string): Promise<number> {
  const ids = (await onlyOurs(db, searchId)).map(({ id }) => id);
  if (ids.length === 0) return 0;
  await db.$executeRaw`
    UPDATE work SET state = 'cancelled', "finishedAt" = now() WHERE id = ANY(${ids}::text[]) AND state IN ('held', 'queued')`;
  return db.$executeRaw`UPDATE work SET "cancelRequested" = true WHERE id = ANY(${ids}::text[]) AND state = 'running'`;
}

/** Pause: what waits is held back; what runs goes on. */
export async function holdWork(db: Db, searchId: string): Promise<void> {
  const ids = (await onlyOurs(db, searchId)).map(({ id }) => id);
  await db.$executeRaw`UPDATE work SET state = 'held' WHERE id = ANY(${ids}::text[]) AND state = 'queued'`;
}

/** Resume: held rows wait again, under a new dispatch because their jobs are gone. */
export async function resumeWork(
  db: Db,
  searchId: string,
): Promise<{ id: string; queue: string; dispatch: number }[]> {
  return db.$queryRaw`
    UPDATE work SET state = 'queued', dispatch = dispatch + 1, "queuedAt" = now()
    WHERE state = 'held' AND id IN (
      SELECT unnest("profileIds" || CASE WHEN "evaluationId" IS NULL THEN '{}' ELSE ARRAY["evaluationId"] END)
      FROM candidate WHERE "searchId" = ${searchId} AND "finishedAt" IS NULL)
    RETURNING id, queue, dispatch`;
}
