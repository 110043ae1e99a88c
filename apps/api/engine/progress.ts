import { nonDominatedRanks } from '@asterism/pareto';
import {
  endOf,
  front,
  hypervolumeHistory,
  isFeasible,
  referencePoint,
  type SearchState,
} from '@asterism/search';
import { Prisma, toJson, type Db } from '../persistence/database';
import type { Sigmas } from '../tasks/sigmas';
import { measuredBy, scoresNamed, type MeasuredRow } from './measured';

/** Writes what follows from newly admitted results: states, values, front, ranks, hypervolume. */
export async function writeAdmitted(
  db: Db,
  searchId: string,
  state: SearchState,
  sigmas: Sigmas,
  from: number,
  rowsOf: (n: number) => readonly MeasuredRow[],
): Promise<void> {
  for (const candidate of state.candidates.slice(from, state.admitted)) {
    const end = endOf(candidate);
    const { values, intervals } = measuredBy(rowsOf(candidate.n), sigmas, scoresNamed(state.search));
    await db.$executeRaw`
      UPDATE candidate SET state = ${end?.state ?? 'failed'}, class = ${end?.class ?? null}, feasible = ${isFeasible(candidate)},
        "values" = "values" || ${JSON.stringify({ ...values, ...candidate.values })}::jsonb, intervals = ${JSON.stringify(intervals)}::jsonb, "finishedAt" = now()
      WHERE "searchId" = ${searchId} AND n = ${candidate.n}`;
  }
}

/** Ranks and front flags of all admitted feasible candidates; only rows that change are written. */
export async function writeRanks(db: Db, searchId: string, state: SearchState): Promise<void> {
  const feasible = state.candidates.slice(0, state.admitted).filter(isFeasible);
  if (feasible.length === 0) return;
  const ranks = nonDominatedRanks(feasible.map(({ point }) => point ?? []));
  await db.$executeRaw`
    UPDATE candidate c SET rank = r.rank, "onFront" = (r.rank = 0)
    FROM unnest(${feasible.map(({ n }) => n)}::int[], ${ranks}::int[]) AS r(n, rank)
    WHERE c."searchId" = ${searchId} AND c.n = r.n AND (c.rank IS DISTINCT FROM r.rank)`;
}

/** Best feasible value of each objective. */
function bestOf(state: SearchState): Record<string, number> {
  const best: Record<string, number> = {};
  for (const candidate of state.candidates.filter(isFeasible)) {
    for (const { metric, direction } of state.search.objectives) {
      const value = candidate.values[metric];
      if (value === undefined) continue;
      const better =
        best[metric] === undefined ||
        (direction === 'maximize' ? value > best[metric] : value < best[metric]);
      if (better) best[metric] = value;
    }
  }
  return best;
}

/** Figures of the search's own row that follow from its state. */
export async function summaryOf(
  db: Db,
  searchId: string,
  state: SearchState,
): Promise<Prisma.SearchUpdateInput> {
  const history = hypervolumeHistory(state).flatMap(({ n, hypervolume }) =>
    hypervolume === null ? [] : [{ n: n + 1, value: hypervolume }],
  );
  const written = await db.hypervolumePoint.count({ where: { searchId } });
  const missing = history.slice(written);
  if (missing.length > 0)
    await db.hypervolumePoint.createMany({
      data: missing.map((point) => ({ searchId, ...point })),
      skipDuplicates: true,
    });
  const reference = referencePoint(state);
  return {
    hypervolume: history.at(-1)?.value ?? null,
    frontSize: front(state).length,
    best: toJson(bestOf(state)),
    referencePoint: reference === undefined ? Prisma.DbNull : toJson(reference),
  };
}
