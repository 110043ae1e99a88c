import { Injectable } from '@nestjs/common';
import {
  advance,
  begin,
  changeEngine,
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
import { Database, toJson, type Db, type Prisma } from '../persistence/database';
import type { SearchModel } from '../persistence/generated/models';
import { CatalogueService } from '../searches/catalogue.service';
import { WorkersService } from '../workers/workers.service';
import { candidateRow, firstRows, trainingOf } from './candidate.rows';
import { cancelSearch, counters } from './cancel';
import { sigmasOf } from '../tasks/sigmas';
import { Weights } from '../tasks/weights';
import { Logs } from './logs';
import { measuredRows, stepOf, type MeasuredRow } from './measured';
import { missingWorker } from './missing-worker';
import { summaryOf, writeAdmitted, writeRanks } from './progress';

/** An open candidate with its rows. */
interface OpenRow {
  readonly id: string;
  readonly n: number;
  readonly evaluationId: string | null;
  readonly profileIds: readonly string[];
}

interface Gathered {
  readonly available: ReadonlyMap<number, DecisionResult>;
  readonly rows: ReadonlyMap<number, readonly MeasuredRow[]>;
  /** Candidates that were looked at. */
  readonly opened: readonly string[];
}

/** Events of one transaction: a few hundred milliseconds. */
const MOST_EVENTS = 64;
const MOST_OPEN = 256;

const terminal = new Set(['finished', 'cancelled', 'failed']);

interface Done {
  readonly state: SearchState;
  /** Something was written, so perhaps more can be done at once. */
  readonly more: boolean;
}

const finishedWith = (state: SearchState | undefined): Done | undefined =>
  state === undefined ? undefined : { state, more: false };

/** One round of one search: under its row lock, everything that can be decided and admitted now, in one transaction. */
@Injectable()
export class Engine {
  /** Searches whose front and hypervolume are behind their log, in the middle of a burst. */
  private readonly behind = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly work: WorkRepository,
    private readonly catalogue: CatalogueService,
    private readonly workers: WorkersService,
    private readonly logs: Logs,
    private readonly weights: Weights,
  ) {}

  async openSearches(): Promise<string[]> {
    const rows = await this.database.client.search.findMany({
      where: { state: { in: ['running', 'waiting', 'paused', 'closing'] } },
      select: { id: true },
      orderBy: { id: 'asc' },
    });
    return rows.map(({ id }) => id);
  }

  /** Rounds until nothing more can be done now. */
  async round(searchId: string): Promise<void> {
    while (await this.once(searchId));
  }

  private async once(searchId: string): Promise<boolean> {
    try {
      const done = await this.database.transaction((db) => this.locked(db, searchId));
      if (done !== undefined) this.logs.keep(searchId, done.state);
      return done?.more === true;
    } catch (error) {
      this.logs.forget(searchId);
      throw error;
    }
  }

  private async locked(db: Db, searchId: string): Promise<Done | undefined> {
    const [row] = await db.$queryRaw<SearchModel[]>`SELECT * FROM search WHERE id = ${searchId} FOR UPDATE`;
    if (row === undefined || terminal.has(row.state)) {
      this.logs.forget(searchId);
      return undefined;
    }
    const state = await this.logs.load(db, searchId, row.seq);
    if (row.cancelRequested) return finishedWith(await cancelSearch(db, this.logs, row, state));
    if (row.paused) return finishedWith(state);
    const begun = state === undefined ? await this.begin(db, row) : changeEngine(state);
    return begun === undefined ? undefined : this.proceed(db, row, begun);
  }

  /** The `created` event, once a worker is known for everything the search measures. */
  private async begin(db: Db, row: SearchModel): Promise<Advance | undefined> {
    const spec = parseSpec(row.spec);
    if (!spec.ok) throw new Error(`the stored spec of ${row.id} does not parse`);
    const resolved = resolveSpec(spec.value, await this.catalogue.current());
    if (!resolved.ok)
      return this.wait(db, row, resolved.problems[0]?.message ?? 'something it names is missing');
    const reason = waitingFor(resolved.value);
    if (reason !== undefined) return this.wait(db, row, reason);
    const begun = begin(resolved.value);
    await db.search.update({
      where: { id: row.id },
      data: {
        resolved: toJson(resolved.value),
        numericClass: resolved.value.numericClass ?? null,
        startedAt: new Date(),
        state: 'running',
        waitingFor: null,
      },
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

  /** Decides and admits until results are missing, but only so much in one transaction: workers wait for its lock. */
  private async proceed(db: Db, row: SearchModel, begun: Advance): Promise<Done> {
    const { available, rows, opened } = await this.gather(db, row, begun.state);
    const step = advance(begun.state, available, MOST_EVENTS);
    const events = [...begun.events, ...step.events];
    const { state } = step;
    await refreshCandidates(db, opened);
    if (events.length === 0) {
      if (this.behind.has(row.id))
        await db.search.update({ where: { id: row.id }, data: await this.figures(db, row, state, step) });
      return { state: await this.watchWorkers(db, row, state), more: false };
    }
    const journal = await this.writeDecided(db, row, state, step.events);
    const { suite, suiteVersion, qualityNoise } = state.search.tier;
    const sigmas = sigmasOf(this.weights.of(suite, suiteVersion), qualityNoise);
    await writeAdmitted(db, row.id, state, sigmas, begun.state.admitted, (n) => rows.get(n) ?? []);
    await this.logs.append(db, row.id, events);
    const more = state.closed === undefined;
    await db.search.update({
      where: { id: row.id },
      data: { ...(await this.figures(db, row, state, step)), ...counters(state), ...ending(state) },
    });
    const closed: JournalEntry[] =
      state.closed === undefined ? [] : [{ type: 'finished', detail: { reason: state.closed } }];
    await writeJournal(db, row.id, [...journal, ...admittedEntries(state, step.events), ...closed]);
    return { state, more };
  }

  /** Front, ranks and hypervolume, once per burst of results: they do not depend on how it was cut into rounds. */
  private async figures(
    db: Db,
    row: SearchModel,
    state: SearchState,
    step: Advance,
  ): Promise<Prisma.SearchUpdateInput> {
    if (step.events.some(({ type }) => type === 'admitted')) this.behind.add(row.id);
    const burst = step.events.length === MOST_EVENTS && state.closed === undefined;
    if (burst || !this.behind.has(row.id)) return {};
    await writeRanks(db, row.id, state);
    this.behind.delete(row.id);
    return summaryOf(db, row.id, state);
  }

  /** Results of the oldest open candidates that are complete; one that kept its measured limits is sent to training. */
  private async gather(db: Db, row: SearchModel, state: SearchState): Promise<Gathered> {
    const candidates = new Map(open(state).map((candidate) => [candidate.n, candidate]));
    // Results are admitted in order, so those behind a long gap can wait.
    const opened = await db.candidate.findMany({
      where: { searchId: row.id, finishedAt: null },
      select: { id: true, n: true, evaluationId: true, profileIds: true },
      orderBy: { n: 'asc' },
      take: MOST_OPEN,
    });
    const byId = await measuredRows(db, state.search, opened.flatMap(idsOf));
    const available = new Map<number, DecisionResult>();
    const rows = new Map<number, MeasuredRow[]>();
    for (const one of opened) {
      const candidate = candidates.get(one.n);
      if (candidate === undefined) continue;
      const mine = idsOf(one).flatMap((id) => byId.get(id) ?? []);
      const step = stepOf(state.search, mine);
      const all =
        step.kind === 'train' ? [...mine, await this.train(db, row, state.search, candidate, one)] : mine;
      const now = step.kind === 'train' ? stepOf(state.search, all) : step;
      rows.set(one.n, all);
      if (now.kind === 'result') available.set(one.n, now.result);
    }
    return { available, rows, opened: opened.map(({ id }) => id) };
  }

  private async train(
    db: Db,
    row: SearchModel,
    search: ResolvedSearch,
    candidate: Candidate,
    one: OpenRow,
  ): Promise<MeasuredRow> {
    const [training] = await this.work.findOrCreate(db, [
      trainingOf(search, candidate.act, search.reuse ? undefined : row.id),
    ]);
    if (training === undefined) throw new Error('a wanted row is found or made');
    await db.candidate.update({ where: { id: one.id }, data: { evaluationId: training.id } });
    return training;
  }

  private async writeDecided(
    db: Db,
    row: SearchModel,
    state: SearchState,
    events: readonly LogEvent[],
  ): Promise<JournalEntry[]> {
    const decided = events.flatMap((event) => (event.type === 'decided' ? [state.candidates[event.n]!] : []));
    const wanted = decided.map((candidate) =>
      firstRows(state.search, candidate.act, state.search.reuse ? undefined : row.id),
    );
    const made = new Map(
      (await this.work.findOrCreate(db, wanted.flat())).map((work) => [work.memoKey, work]),
    );
    const creates = decided.map((candidate, at): Prisma.CandidateCreateManyInput => {
      const mine = (wanted[at] ?? []).flatMap(({ memoKey }) => made.get(memoKey) ?? []);
      return {
        ...candidateRow(row.id, state.search, candidate),
        evaluationId: mine.find(({ kind }) => kind === 'evaluation')?.id ?? null,
        profileIds: mine.filter(({ kind }) => kind === 'profile').map(({ id }) => id),
      };
    });
    if (creates.length > 0) await db.candidate.createMany({ data: creates });
    return creates.map(({ id, n, origin, code, parents }) => ({
      type: 'decided',
      candidateId: id,
      n,
      detail: { origin, code, parents },
    }));
  }

  /** No live worker for what is open: the search says so, and goes on by itself when one comes. */
  private async watchWorkers(db: Db, row: SearchModel, state: SearchState): Promise<SearchState> {
    const reason = missingWorker(state.search, await this.workers.living());
    if (reason !== undefined) await this.wait(db, row, reason);
    else if (row.state === 'waiting') {
      await db.search.update({ where: { id: row.id }, data: { state: 'running', waitingFor: null } });
      await writeJournal(db, row.id, [{ type: 'running' }]);
    }
    return state;
  }
}

const idsOf = (one: OpenRow): string[] => [
  ...one.profileIds,
  ...(one.evaluationId === null ? [] : [one.evaluationId]),
];

const ending = (state: SearchState): Prisma.SearchUpdateInput =>
  state.closed === undefined
    ? { state: 'running', waitingFor: null }
    : { state: 'finished', waitingFor: null, finishedAt: new Date(), closed: state.closed };

function admittedEntries(state: SearchState, events: readonly LogEvent[]): JournalEntry[] {
  return events.flatMap((event) =>
    event.type === 'admitted'
      ? [
          {
            type: 'admitted',
            n: event.n,
            detail: { status: event.outcome.status, values: state.candidates[event.n]?.values ?? {} },
          },
        ]
      : [],
  );
}
