import type { JournalEvent } from '@asterism/contracts';
import { toJson, type Db } from '../persistence/database';
import { notify } from '../persistence/listener';

export interface JournalEntry {
  readonly type: string;
  readonly candidateId?: string;
  readonly n?: number;
  readonly detail?: Readonly<Record<string, unknown>>;
}

/** Adds to a search's journal. The row lock that the update takes makes `seq` gapless and in order of commit. */
export async function writeJournal(
  db: Db,
  searchId: string,
  entries: readonly JournalEntry[],
): Promise<void> {
  if (entries.length === 0) return;
  const rows = await db.$queryRaw<{ journalSeq: number }[]>`
    UPDATE search SET "journalSeq" = "journalSeq" + ${entries.length} WHERE id = ${searchId} RETURNING "journalSeq"`;
  const last = rows[0]?.journalSeq;
  if (last === undefined) return;
  await db.journal.createMany({
    data: entries.map(({ detail, ...entry }, at) => ({
      searchId,
      seq: last - entries.length + 1 + at,
      ...entry,
      ...(detail === undefined ? {} : { detail: toJson(detail) }),
    })),
  });
  await notify(db, { about: 'journal', search: searchId });
}

export function toJournalEvent(row: {
  seq: number;
  type: string;
  at: Date;
  candidateId: string | null;
  n: number | null;
  detail: unknown;
}): JournalEvent {
  return {
    seq: row.seq,
    type: row.type,
    at: row.at.toISOString(),
    ...(row.candidateId === null ? {} : { candidate: row.candidateId }),
    ...(row.n === null ? {} : { n: row.n }),
    ...(row.detail === null ? {} : { detail: row.detail as Record<string, unknown> }),
  };
}
