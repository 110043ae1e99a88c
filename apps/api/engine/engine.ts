import { Injectable, Logger } from '@nestjs/common';
import {
  advance,
  begin,
  changeEngine,
  close,
  open,
  parseSpec,
  resolveSpec,
  waitingFor,
  type Advance,
  type Candidate,
  type DecisionResult,
  type LogEvent,
  type ResolvedSearch,
  type SearchState,
} from '@asterism/search';
import { refreshCandidates } from '../leases/candidate-states';
import { writeJournal, type JournalEntry } from '../leases/journal';
import { WorkRepository } from '../leases/work.repository';
import { Database, fromJson, toJson, type Db, type Prisma } from '../persistence/database';
import type { SearchModel } from '../persistence/generated/models';
import { CatalogueService } from '../searches/catalogue.service';
import { WorkersService, resolveTarget } from '../workers/workers.service';
import type { NewRow } from '../evaluations/requests';
import { candidateRow, firstRows, trainingOf } from './candidate.rows';
import { Logs } from './logs';
import { stepOf, type MeasuredRow } from './measured';
import { summaryOf, writeAdmitted, writeRanks } from './progress';
import { releaseWork } from './release';

/** An open candidate with its rows. */
interface OpenRow {
  readonly id: string;
  readonly n: number;
  readonly evaluationId: string | null;
  readonly profileIds: readonly string[];
}

const terminal = new Set(['finished', 'cancelled', 'failed']);

/** One round of one search: under its row lock, everything that can be decided and admitted now, in one transaction. */
@Injectable()
export class Engine {
  private readonly logger = new Logger('engine');

  constructor(
    private readonly database: Database,
    private readonly work: WorkRepository,
    private readonly catalogue: CatalogueService,
    private readonly workers: WorkersService,
    private readonly logs: Logs,
  ) {}

  async openSearches(): Promise<string[]> {
    const rows = await this.database.client.search.findMany({
      where: { state: { in: ['running', 'waiting', 'paused', 'closing'] } },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  async round(searchId: string): Promise<void> {
    try {
      const state = await this.database.transaction((db) => this.locked(db, searchId));
      if (state !== undefined) this.logs.keep(searchId, state);
    } catch (error) {
      this.logs.forget(searchId);
      throw error;
    }
  }

  private async locked(db: Db, searchId: string): Promise<SearchState | undefined> {
    const [row] = await db.$queryRaw<SearchModel[]>`SELECT * FROM search WHERE id = ${searchId} FOR UPDATE`;
    if (row === undefined || terminal.has(row.state)) {
      this.logs.forget(searchId);
      return undefined;
    }
    const state = await this.logs.load(db, searchId, row.seq);
    if (row.cancelRequested) return this.cancel(db, row, state);
    if (row.paused) return state;
    const begun = state === undefined ? await this.begin(db, row) : changeEngine(state);
    return begun === undefined ? undefined : this.proceed(db, row, begun);
  }

  /** The `created` event, once a worker is known for everything the search measures. */
  private async begin(db: Db, row: SearchModel): Promise<Advance | undefined> {
    const spec = parseSpec(row.spec);
    if (!spec.ok) throw new Error(`the stored spec of ${row.id} does not parse`);
    const resolved = resolveSpec(spec.value, await this.catalogue.current());
    if (!resolved.ok) return this.wait(db, row, resolved.problems[0]?.message ?? 'something it names is missing');
    const reason = waitingFor(resolved.value);
    if (reason !== undefined) return this.wait(db, row, reason);
    const begun = begin(resolved.value);
    await db.search.update({
      where: { id: row.id },
      data: { resolved: toJson(resolved.value), numericClass: resolved.value.numericClass ?? null, startedAt: new Date(), state: 'running', waitingFor: null },
    });
    await writeJournal(db, row.id, [{ type: 'started' }]);
    return begun;
  }

  private async wait(db: Db, row: SearchModel, reason: string): Promise<undefined> {
    if (row.state === 'waiting' && row.waitingFor === reason) return undefined;
    await db.search.update({ where: { id: row.id }, data: { state: 'waiting', waitingFor: reason } });
    await writeJournal(db, row.id, [{ type: 'waiting', detail: { for: reason } }]);
    return undefined;
  }

  /** Decides and admits until results are missing; work that was remembered may give results at once. */
  private async proceed(db: Db, row: SearchModel, begun: Advance): Promise<SearchState> {
    const events: LogEvent[] = [...begun.events];
    const journal: JournalEntry[] = [];
    let state = begun.state;
    let written = 0;
    const first = state.admitted;
    for (;;) {
      const { available, rows } = await this.gather(db, row, state);
      const step = advance(state, available);
      if (step.events.length === 0) break;
      events.push(...step.events);
      await this.writeDecided(db, row, step.state, step.events, journal);
      await writeAdmitted(db, row.id, step.state, state.admitted, (n) => rows.get(n) ?? []);
      journal.push(...admittedEntries(step.state, step.events));
      state = step.state;
      written += 1;
    }
    await refreshCandidates(db, row.id);
    if (events.length === 0) return this.watchWorkers(db, row, state);
    await this.logs.append(db, row.id, events);
    if (state.admitted > first) await writeRanks(db, row.id, state);
    const summary = state.admitted > first || written === 0 ? await summaryOf(db, row.id, state) : {};
    await db.search.update({ where: { id: row.id }, data: { ...summary, ...counters(state), ...ending(state) } });
    if (state.closed !== undefined) journal.push({ type: 'finished', detail: { reason: state.closed } });
    await writeJournal(db, row.id, journal);
    return state;
  }

  /** Results of open candidates that are complete; a candidate that kept its measured limits is sent to training. */
  private async gather(db: Db, row: SearchModel, state: SearchState): Promise<{ available: Map<number, DecisionResult>; rows: Map<number, MeasuredRow[]> }> {
    const candidates = new Map(open(state).map((candidate) => [candidate.n, candidate]));
    const opened = await db.candidate.findMany({
      where: { searchId: row.id, finishedAt: null },
      select: { id: true, n: true, evaluationId: true, profileIds: true },
      orderBy: { n: 'asc' },
    });
    const byId = await this.measuredRows(db, opened);
    const available = new Map<number, DecisionResult>();
    const rows = new Map<number, MeasuredRow[]>();
    for (const one of opened) {
      const candidate = candidates.get(one.n);
      if (candidate === undefined) continue;
      const mine = idsOf(one).flatMap((id) => byId.get(id) ?? []);
      rows.set(one.n, mine);
      const step = stepOf(state.search, mine);
      if (step.kind === 'result') available.set(one.n, step.result);
      if (step.kind === 'train') await this.train(db, row, state.search, candidate, one, rows, available);
    }
    return { available, rows };
  }

  private async train(
    db: Db,
    row: SearchModel,
    search: ResolvedSearch,
    candidate: Candidate,
    one: OpenRow,
    rows: Map<number, MeasuredRow[]>,
    available: Map<number, DecisionResult>,
  ): Promise<void> {
    const { row: training } = await this.work.findOrCreate(db, trainingOf(search, candidate.act, search.reuse ? undefined : row.id));
    await db.candidate.update({ where: { id: one.id }, data: { evaluationId: training.id, state: 'queued' } });
    const mine = [...(rows.get(one.n) ?? []), training];
    rows.set(one.n, mine);
    const step = stepOf(search, mine);
    if (step.kind === 'result') available.set(one.n, step.result);
  }

  private async measuredRows(db: Db, opened: readonly OpenRow[]): Promise<Map<string, MeasuredRow>> {
    const ids = [...new Set(opened.flatMap(idsOf))];
    if (ids.length === 0) return new Map();
    const found = await db.work.findMany({
      where: { id: { in: ids } },
      select: { id: true, kind: true, state: true, target: true, class: true, outcome: true },
    });
    return new Map(found.map((row) => [row.id, fromJson<MeasuredRow>(row)]));
  }

  private async writeDecided(db: Db, row: SearchModel, state: SearchState, events: readonly LogEvent[], journal: JournalEntry[]): Promise<void> {
    const decided = events.flatMap((event) => (event.type === 'decided' ? [state.candidates[event.n]!] : []));
    if (decided.length === 0) return;
    const apart = state.search.reuse ? undefined : row.id;
    const creates: Prisma.CandidateCreateManyInput[] = [];
    for (const candidate of decided) {
      const work = await this.createWork(db, firstRows(state.search, candidate.act, apart));
      const created = candidateRow(row.id, state.search, candidate);
      creates.push({
        ...created,
        evaluationId: work.find(({ kind }) => kind === 'evaluation')?.id ?? null,
        profileIds: work.filter(({ kind }) => kind === 'profile').map(({ id }) => id),
      });
      journal.push({ type: 'decided', candidateId: created.id, n: candidate.n, detail: { origin: candidate.act.origin, code: created.code, parents: candidate.act.parents } });
    }
    await db.candidate.createMany({ data: creates });
  }

  private async createWork(db: Db, rows: readonly NewRow[]): Promise<{ readonly id: string; readonly kind: string }[]> {
    const made = [];
    for (const wanted of rows) made.push((await this.work.findOrCreate(db, wanted)).row);
    return made;
  }

  /** No live worker for what is open: the search says so, and goes on by itself when one comes. */
  private async watchWorkers(db: Db, row: SearchModel, state: SearchState): Promise<SearchState> {
    const reason = await this.missingWorker(state.search);
    if (reason !== undefined) await this.wait(db, row, reason);
    else if (row.state === 'waiting') {
      await db.search.update({ where: { id: row.id }, data: { state: 'running', waitingFor: null } });
      await writeJournal(db, row.id, [{ type: 'running' }]);
    }
    return state;
  }

  private async missingWorker(search: ResolvedSearch): Promise<string | undefined> {
    const living = await this.workers.living();
    const unserved = search.targets.find(
      ({ selector, resolved }) => !living.some((worker) => worker.runtimes.includes(selector) && resolveTarget(selector, worker.cpuModel) === resolved),
    );
    if (unserved !== undefined) return `no worker for ${unserved.selector}`;
    return living.some((worker) => worker.numericClass === search.numericClass) ? undefined : `no worker of the numeric class ${search.numericClass ?? ''}`;
  }

  /** Writes `closed`, takes back what only this search needed, and waits for running work to end. */
  private async cancel(db: Db, row: SearchModel, state: SearchState | undefined): Promise<SearchState | undefined> {
    const closed = state === undefined ? undefined : close(state, 'cancelled');
    if (closed !== undefined && closed.events.length > 0) {
      await this.logs.append(db, row.id, closed.events);
      await db.search.update({ where: { id: row.id }, data: counters(closed.state) });
    }
    const running = await releaseWork(db, row.id);
    await db.$executeRaw`UPDATE candidate SET state = 'cancelled', "finishedAt" = now() WHERE "searchId" = ${row.id} AND "finishedAt" IS NULL`;
    if (running > 0) {
      if (row.state !== 'closing') await db.search.update({ where: { id: row.id }, data: { state: 'closing' } });
      return closed?.state;
    }
    await db.search.update({ where: { id: row.id }, data: { state: 'cancelled', waitingFor: null, finishedAt: new Date() } });
    await writeJournal(db, row.id, [{ type: 'cancelled' }]);
    this.logger.log(`${row.id} cancelled`);
    return closed?.state;
  }
}

const idsOf = (one: OpenRow): string[] => [...one.profileIds, ...(one.evaluationId === null ? [] : [one.evaluationId])];

const counters = (state: SearchState): Prisma.SearchUpdateInput => ({ seq: state.seq, decided: state.candidates.length, admitted: state.admitted });

const ending = (state: SearchState): Prisma.SearchUpdateInput =>
  state.closed === undefined ? { state: 'running', waitingFor: null } : { state: 'finished', waitingFor: null, finishedAt: new Date() };

function admittedEntries(state: SearchState, events: readonly LogEvent[]): JournalEntry[] {
  return events.flatMap((event) =>
    event.type === 'admitted' ? [{ type: 'admitted', n: event.n, detail: { status: event.outcome.status, values: state.candidates[event.n]?.values ?? {} } }] : [],
  );
}
