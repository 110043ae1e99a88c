import { Injectable } from '@nestjs/common';
import type { ScoredItem } from '@asterism/contracts';
import { describe, type Genome } from '@asterism/genome';
import type { ResolvedSearch } from '@asterism/search';
import { CandidatesRepository } from '../candidates/candidates.repository';
import { HttpProblem, notFound } from '../http/problem';
import { WorkRepository } from '../leases/work.repository';
import { SearchesRepository } from '../searches/searches.repository';
import { objectivesOf } from '../searches/views';
import type { CandidateModel } from '../persistence/generated/models';
import { mean, type Marks } from './marks';
import { apartBy, scoredWork, type ScoredWork } from './scored';

/** What was asked for, with its own training and those of the same genome under other seeds. */
export interface Item {
  readonly view: Omit<ScoredItem, keyof Marks>;
  readonly scored: ScoredWork;
  readonly replicates: readonly ScoredWork[];
}

/** Finds what ids of candidates and evaluations stand for. */
@Injectable()
export class ItemsService {
  constructor(
    private readonly candidates: CandidatesRepository,
    private readonly searches: SearchesRepository,
    private readonly work: WorkRepository,
  ) {}

  async find(ids: readonly string[]): Promise<readonly Item[]> {
    const found: Item[] = [];
    for (const id of ids)
      found.push(await (id.startsWith('cand_') ? this.candidate(id) : this.evaluation(id)));
    return found;
  }

  private async candidate(id: string): Promise<Item> {
    const row = await this.candidates.find(id);
    const own = row.evaluationId === null ? undefined : await this.work.find(row.evaluationId);
    const scored = own && scoredWork(own);
    if (scored === undefined) throw unscored(id, row.state);
    const candidate = await this.candidateView(row);
    return this.item(scored, { id, label: row.name ?? `#${row.n}`, code: row.code, candidate });
  }

  private async evaluation(id: string): Promise<Item> {
    const row = await this.work.find(id);
    if (row?.kind !== 'evaluation') throw notFound(`candidate or evaluation ${id}`);
    const scored = scoredWork(row);
    if (scored === undefined) throw unscored(id, row.state);
    const { code } = describe(scored.work.genome as unknown as Genome);
    return this.item(scored, { id, label: row.genomeHash.slice(0, 12), code, candidate: null });
  }

  private async candidateView(row: CandidateModel): Promise<ScoredItem['candidate']> {
    const search = await this.searches.get(row.searchId);
    return {
      id: row.id,
      n: row.n,
      searchId: row.searchId,
      searchName: search.name,
      onFront: row.onFront,
      confirmed: row.confirmed,
      objectives: objectivesOf(search.resolved as unknown as ResolvedSearch),
      values: row.values as Record<string, number>,
      intervals: row.intervals as Record<string, [number, number]>,
    };
  }

  private async item(
    scored: ScoredWork,
    names: Pick<ScoredItem, 'id' | 'label' | 'code' | 'candidate'>,
  ): Promise<Item> {
    const replicates = await this.replicates(scored);
    const outcomes = replicates.map(({ outcome }) => outcome);
    const view = {
      ...names,
      genomeHash: scored.row.genomeHash,
      evaluations: replicates.map(({ row, work, outcome }) => ({
        id: row.id,
        replicate: work.replicate,
        numericClass: row.numericClass ?? '',
        quality: outcome.quality.value,
      })),
      qualityWeighted: mean(outcomes.map(({ weighted }) => weighted?.quality.value)),
      guard: mean(outcomes.map(({ guard }) => guard)),
      curveArea: mean(outcomes.map(({ curveArea }) => curveArea)),
      curve: outcomes[0]?.curve ?? [],
    };
    return { view, scored, replicates };
  }

  /** One training per seed, its own first choice, then those of its numeric class. */
  private async replicates(own: ScoredWork): Promise<readonly ScoredWork[]> {
    const others = (await this.work.ofGenome(own.row.genomeHash)).flatMap((row) => scoredWork(row) ?? []);
    const alike = others.filter((other) => apartBy({ id: '', of: own }, { id: '', of: other }) === undefined);
    const preferred = [
      own,
      ...alike.filter(({ row }) => row.numericClass === own.row.numericClass),
      ...alike,
    ];
    const byReplicate = new Map<number, ScoredWork>();
    for (const one of preferred)
      if (!byReplicate.has(one.work.replicate)) byReplicate.set(one.work.replicate, one);
    return [...byReplicate.values()].sort((a, b) => a.work.replicate - b.work.replicate);
  }
}

function unscored(id: string, state: string): HttpProblem {
  return new HttpProblem(409, 'not-scored', `${id} has no scores (${state})`, {
    remedy: 'take a finished candidate or evaluation: asterism front',
  });
}
