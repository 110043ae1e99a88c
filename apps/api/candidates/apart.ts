import { tellApart, type Genome } from '@asterism/genome';
import type { Database } from '../persistence/database';

interface Coded {
  readonly id: string;
  readonly code: string;
}

/** Genomes that one row is held against; the rows that are shown come first. */
const MOST_COMPARED = 500;

/** What tells each row from the candidates of its search that have the same code and another genome, by id. */
export async function apartOf(
  { client }: Database,
  searchId: string,
  rows: readonly Coded[],
): Promise<ReadonlyMap<string, string>> {
  const codes = [...new Set(rows.map(({ code }) => code))];
  const ids = rows.map(({ id }) => id);
  const found = await client.$queryRaw<(Coded & { genome: Genome })[]>`
    SELECT id, code, genome FROM candidate
    WHERE "searchId" = ${searchId} AND code IN (
      SELECT code FROM candidate WHERE "searchId" = ${searchId} AND code = ANY(${codes}::text[])
      GROUP BY code HAVING count(DISTINCT "genomeHash") > 1)
    ORDER BY (id = ANY(${ids}::text[])) DESC, n LIMIT ${Math.max(MOST_COMPARED, rows.length)}`;
  const texts = new Map<string, string>();
  for (const code of codes) {
    const group = found.filter((one) => one.code === code);
    const told = tellApart(group.map(({ genome }) => genome));
    group.forEach(({ id }, index) => texts.set(id, told[index]!));
  }
  return texts;
}
