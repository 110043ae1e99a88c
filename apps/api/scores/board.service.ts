import { Injectable } from '@nestjs/common';
import type { CandidateRow, EvaluationScored, ScoreBoard, ScoreRow } from '@asterism/contracts';
import type { ResolvedSearch } from '@asterism/search';
import { CandidatesQuery } from '../candidates/candidates.query';
import { CandidatesRepository } from '../candidates/candidates.repository';
import { invalid } from '../http/problem';
import { WorkRepository } from '../leases/work.repository';
import { SearchesRepository } from '../searches/searches.repository';
import { Suites } from '../tasks/suites';
import { Weights } from '../tasks/weights';
import { columnsOf } from './columns';
import { marksOf, type Marks } from './marks';
import type { BoardQuery } from './scores.query';
import { scoredOutcome } from './scored';

/** Tasks × candidates of one search. Every number is of the candidate's own training. */
@Injectable()
export class BoardService {
  constructor(
    private readonly searches: SearchesRepository,
    private readonly candidates: CandidatesRepository,
    private readonly work: WorkRepository,
    private readonly suites: Suites,
    private readonly weights: Weights,
  ) {}

  async board(searchId: string, query: BoardQuery): Promise<ScoreBoard> {
    const { resolved } = await this.searches.get(searchId);
    const { tier } = resolved as unknown as ResolvedSearch;
    const page = await this.candidates.page(searchId, await this.asked(searchId, query));
    const scored = await this.scored(page.items);
    const known = this.suites.tasksOf(tier.suite, tier.suiteVersion);
    const { families, tasks } = columnsOf(
      scored.map(({ outcome }) => outcome),
      known,
      this.weights.of(tier.suite, tier.suiteVersion),
    );
    return {
      search: searchId,
      tier: tier.name,
      suite: tier.suite,
      suiteVersion: tier.suiteVersion,
      families,
      tasks,
      items: scored.map(({ row, outcome }) => rowOf(row, marksOf([outcome], tasks, known))),
      ...(page.next === undefined ? {} : { next: page.next }),
      total: page.total,
    };
  }

  private async asked(searchId: string, { candidates, ...query }: BoardQuery): Promise<CandidatesQuery> {
    const rest = { ...CandidatesQuery.parse({ state: 'finished' }), ...query };
    if (candidates === undefined) return rest;
    const found = await this.candidates.numbersOf(searchId, candidates);
    const unknown = candidates.find((id) => !found.has(id));
    if (unknown === undefined) return { ...rest, n: [...found.values()] };
    throw invalid(
      [
        {
          pointer: '/candidates',
          code: 'unknown-candidate',
          message: `no candidate of ${searchId} is ${unknown}`,
        },
      ],
      'the query',
    );
  }

  private async scored(
    rows: readonly CandidateRow[],
  ): Promise<readonly { readonly row: CandidateRow; readonly outcome: EvaluationScored }[]> {
    const found = await this.work.findMany(rows.flatMap(({ evaluationId }) => evaluationId ?? []));
    const outcomes = new Map(found.map((work) => [work.id, scoredOutcome(work)]));
    return rows.flatMap((row) => {
      const outcome = outcomes.get(row.evaluationId ?? '');
      return outcome === undefined ? [] : [{ row, outcome }];
    });
  }
}

function rowOf(row: CandidateRow, marks: Marks): ScoreRow {
  const { id, n, name, code, apart, onFront, confirmed, evaluationId } = row;
  return {
    id,
    n,
    name,
    code,
    ...(apart === undefined ? {} : { apart }),
    onFront,
    confirmed,
    evaluationId: evaluationId ?? '',
    ...marks,
  };
}
