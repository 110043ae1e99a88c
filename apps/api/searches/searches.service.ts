import { Injectable } from '@nestjs/common';
import type {
  ConfirmAnswer,
  DryRunReport,
  HypervolumeHistory,
  Page,
  SearchDetail,
  SearchState,
  SearchSummary,
} from '@asterism/contracts';
import type { Genome } from '@asterism/genome';
import {
  dryRun,
  move,
  moves,
  parseSpec,
  resolveSpec,
  type ResolvedSearch,
  type SearchSpec,
} from '@asterism/search';
import { evaluationRow } from '../evaluations/requests';
import { HttpProblem, invalid, notFound } from '../http/problem';
import type { Principal } from '../http/request';
import { holdWork, resumeWork } from '../engine/release';
import { writeJournal } from '../leases/journal';
import { WorkRepository } from '../leases/work.repository';
import { Database, toJson, type Db } from '../persistence/database';
import { newId } from '../persistence/ids';
import { notify } from '../persistence/listener';
import type { SearchModel } from '../persistence/generated/models';
import { readCursor, writeCursor } from '../http/cursor';
import { CatalogueService } from './catalogue.service';
import { SearchesRepository } from './searches.repository';
import { summaryView, thinned } from './views';

const SPARK_POINTS = 60;
const MAX_FINALISTS = 8;
/** Replicates from here on are confirmations: seeds that no search has seen. */
const FIRST_CONFIRMATION = 1000;

@Injectable()
export class SearchesService {
  constructor(
    private readonly database: Database,
    private readonly searches: SearchesRepository,
    private readonly catalogue: CatalogueService,
    private readonly work: WorkRepository,
  ) {}

  async create(db: Db, body: unknown): Promise<SearchDetail> {
    const { spec, resolved } = await this.resolve(body);
    const id = newId('srch');
    await db.search.create({
      data: {
        id,
        name: spec.name,
        state: 'waiting',
        spec: toJson(spec),
        resolved: toJson(resolved),
        budget: resolved.budget,
      },
    });
    await writeJournal(db, id, [{ type: 'created' }]);
    await notify(db, { about: 'search', search: id });
    return this.detail(await this.searches.get(id, db));
  }

  async dryRun(body: unknown): Promise<DryRunReport> {
    const { resolved } = await this.resolve(body);
    const report = dryRun(resolved);
    return { ...report, objectives: [...report.objectives], warnings: [...report.warnings] };
  }

  private async resolve(body: unknown): Promise<{ spec: SearchSpec; resolved: ResolvedSearch }> {
    const spec = parseSpec(body);
    if (!spec.ok) throw invalid(spec.problems, 'the search');
    const resolved = resolveSpec(spec.value, await this.catalogue.current());
    if (!resolved.ok) throw invalid(resolved.problems, 'the search');
    return { spec: spec.value, resolved: resolved.value };
  }

  async list(limit: number, cursor?: string): Promise<Page<SearchSummary>> {
    const rows = await this.searches.list(limit + 1, readCursor(cursor)?.id);
    const page = rows.slice(0, limit);
    const items = await this.summaries(page);
    const last = page.at(-1);
    return rows.length > limit && last !== undefined
      ? { items, next: writeCursor({ value: null, id: last.id }) }
      : { items };
  }

  private async summaries(rows: readonly SearchModel[]): Promise<SearchSummary[]> {
    const ids = rows.map(({ id }) => id);
    const [volumes, workers] = await Promise.all([
      this.searches.hypervolumes(ids),
      this.searches.workersOf(ids),
    ]);
    return rows.map((row) =>
      summaryView(row, {
        spark: thinned(volumes.get(row.id) ?? [], SPARK_POINTS),
        workers: workers.get(row.id) ?? 0,
      }),
    );
  }

  async get(id: string): Promise<{ readonly detail: SearchDetail; readonly etag: string }> {
    const row = await this.searches.get(id);
    return { detail: await this.detail(row), etag: etagOf(row) };
  }

  private async detail(row: SearchModel): Promise<SearchDetail> {
    const [[summary], counts, points] = await Promise.all([
      this.summaries([row]),
      this.searches.counts(row.id),
      this.database.client.candidate.findMany({
        where: { searchId: row.id, origin: { in: ['start', 'baseline'] } },
        select: { n: true, id: true, name: true, origin: true },
        orderBy: { n: 'asc' },
      }),
    ]);
    if (summary === undefined) throw notFound(`search ${row.id}`);
    const resolved = row.resolved as unknown as ResolvedSearch;
    const named = (origin: string): SearchDetail['starts'] =>
      points.filter((point) => point.origin === origin).map(({ n, id, name }) => ({ n, id, name }));
    return {
      ...summary,
      spec: row.spec,
      resolved: {
        target: resolved.targets[0]?.resolved ?? resolved.targets[0]?.selector ?? null,
        referencePoint: row.referencePoint as Record<string, number> | null,
        numericClass: row.numericClass,
        tier: resolved.tier.name,
      },
      starts: named('start'),
      baselines: named('baseline'),
      counts,
    };
  }

  /** Pause stops dispatch; running work finishes and waits to be admitted. */
  pause(db: Db, id: string, ifMatch?: string): Promise<SearchDetail> {
    return this.change(db, id, 'paused', ifMatch, async () => {
      await this.searches.update(db, id, { state: 'paused', paused: true });
      await holdWork(db, id);
      await writeJournal(db, id, [{ type: 'paused' }]);
    });
  }

  resume(db: Db, id: string, ifMatch?: string): Promise<SearchDetail> {
    return this.change(db, id, 'running', ifMatch, async (row) => {
      if (row.state !== 'paused') return;
      await this.searches.update(db, id, { state: row.seq === 0 ? 'waiting' : 'running', paused: false });
      await this.work.enqueue(db, await resumeWork(db, id));
      await writeJournal(db, id, [{ type: 'resumed' }]);
      await notify(db, { about: 'search', search: id });
    });
  }

  /** The engine writes `closed` and stops what only this search needed. */
  cancel(db: Db, id: string, ifMatch?: string): Promise<SearchDetail> {
    return this.change(db, id, 'closing', ifMatch, async () => {
      await this.searches.update(db, id, { state: 'closing', cancelRequested: true });
      await writeJournal(db, id, [{ type: 'closing' }]);
      await notify(db, { about: 'search', search: id });
    });
  }

  private async change(
    db: Db,
    id: string,
    to: SearchState,
    ifMatch: string | undefined,
    effect: (row: SearchModel) => Promise<void>,
  ): Promise<SearchDetail> {
    const row = await this.searches.lock(db, id);
    if (ifMatch !== undefined && ifMatch !== '*' && ifMatch !== etagOf(row)) {
      throw new HttpProblem(412, 'changed-meanwhile', 'the search changed since it was read', {
        headers: { etag: etagOf(row) },
      });
    }
    const allowed = move(moves.search, row.state as SearchState, to);
    if (!allowed.ok)
      throw new HttpProblem(409, 'illegal-move', `a search that is ${row.state} cannot become ${to}`, {
        errors: allowed.problems,
      });
    if (row.state !== to) await effect(row);
    return this.detail(await this.searches.get(id, db));
  }

  async hypervolume(id: string): Promise<HypervolumeHistory> {
    const row = await this.searches.get(id);
    return {
      referencePoint: row.referencePoint as Record<string, number> | null,
      items: await this.searches.hypervolumeHistory(id),
    };
  }

  /** Opens the report split for finalists, with seeds nobody has seen; every opening is written down. */
  async confirm(
    db: Db,
    id: string,
    candidates: readonly string[],
    principal: Principal,
  ): Promise<ConfirmAnswer> {
    const row = await this.searches.lock(db, id);
    const chosen = await db.candidate.findMany({
      where: { searchId: id, id: { in: [...candidates] } },
      orderBy: { n: 'asc' },
    });
    const missing = candidates.findIndex((one) => !chosen.some((found) => found.id === one));
    if (missing >= 0)
      throw invalid([
        {
          pointer: `/candidates/${missing}`,
          code: 'unknown-candidate',
          message: `${candidates[missing] ?? ''} is no candidate of this search`,
        },
      ]);
    const unfinished = chosen.find(({ state }) => state !== 'finished');
    if (unfinished !== undefined) {
      throw invalid([
        {
          pointer: `/candidates/${candidates.indexOf(unfinished.id)}`,
          code: 'not-finished',
          message: `${unfinished.id} is ${unfinished.state}; only finished candidates can be confirmed`,
        },
      ]);
    }
    const opened = await db.opening.findMany({
      where: { searchId: id },
      distinct: ['candidateId'],
      select: { candidateId: true },
    });
    const finalists = new Set([...opened.map(({ candidateId }) => candidateId), ...candidates]);
    if (finalists.size > MAX_FINALISTS) {
      throw new HttpProblem(
        409,
        'too-many-finalists',
        `the report split is opened for at most ${MAX_FINALISTS} candidates of a search; ${opened.length} were opened before`,
      );
    }
    return this.openReport(db, row, chosen, principal);
  }

  private async openReport(
    db: Db,
    row: SearchModel,
    chosen: readonly { id: string; n: number; trialHash: string; trialGenome: unknown }[],
    principal: Principal,
  ): Promise<ConfirmAnswer> {
    const resolved = row.resolved as unknown as ResolvedSearch;
    const items: ConfirmAnswer['items'] = [];
    for (const { id, n, trialHash, trialGenome } of chosen) {
      const replicate = FIRST_CONFIRMATION + (await openingsOf(db, trialHash));
      const wanted = evaluationRow({
        ...resolved,
        genome: trialGenome as Genome,
        numericClass: row.numericClass ?? '',
        replicate,
        split: 'report',
      });
      const [work] = await this.work.findOrCreate(db, [wanted]);
      if (work === undefined) throw new Error('a wanted row is found or made');
      await db.opening.create({
        data: { searchId: row.id, candidateId: id, evaluationId: work.id, replicate, tokenId: principal.id },
      });
      await writeJournal(db, row.id, [
        { type: 'opened', candidateId: id, n, detail: { evaluation: work.id, replicate } },
      ]);
      if (work.state === 'finished') await db.candidate.update({ where: { id }, data: { confirmed: true } });
      items.push({ candidate: id, evaluationId: work.id });
    }
    return { items, openings: await db.opening.count({ where: { searchId: row.id } }) };
  }
}

/** How often the genome was opened in any search: a seed that one search has seen is not fresh for another. */
async function openingsOf(db: Db, trialHash: string): Promise<number> {
  await db.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${trialHash}, 0))`;
  const [found] = await db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM opening o JOIN candidate c ON c.id = o."candidateId" WHERE c."trialHash" = ${trialHash}`;
  return Number(found?.count ?? 0);
}

export function etagOf(row: Pick<SearchModel, 'seq' | 'journalSeq'>): string {
  return `"${row.seq}-${row.journalSeq}"`;
}
