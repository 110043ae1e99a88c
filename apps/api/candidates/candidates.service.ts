import { Injectable } from '@nestjs/common';
import type {
  CandidateDetail,
  CandidatePoints,
  CurveSet,
  FrontView,
  ObjectiveView,
  Page,
  CandidateRow,
} from '@asterism/contracts';
import { estimate } from '@asterism/estimate';
import type { Genome } from '@asterism/genome';
import { frontOf, namedMetrics, parseMetric, type ResolvedSearch } from '@asterism/search';
import { HttpProblem, invalid } from '../http/problem';
import { WorkRepository } from '../leases/work.repository';
import { evaluationView, profileView } from '../evaluations/views';
import { Database, Prisma } from '../persistence/database';
import { SearchesRepository } from '../searches/searches.repository';
import { objectivesOf } from '../searches/views';
import { CandidatesRepository } from './candidates.repository';
import { modelCard, scoredOf } from './card';
import type { CandidatesQuery } from './candidates.query';

const MAX_CURVES = 200;
const MAX_ROWS = 50;

@Injectable()
export class CandidatesService {
  private readonly drawn = new Map<string, { readonly version: string; readonly body: string }>();

  constructor(
    private readonly database: Database,
    private readonly candidates: CandidatesRepository,
    private readonly searches: SearchesRepository,
    private readonly work: WorkRepository,
  ) {}

  async page(searchId: string, query: CandidatesQuery): Promise<Page<CandidateRow>> {
    await this.searches.get(searchId);
    return this.candidates.page(searchId, query);
  }

  /** All points of a search as JSON text, remembered until something in the search changes. */
  async points(searchId: string): Promise<string> {
    const search = await this.searches.get(searchId);
    const version = `${search.seq}-${search.journalSeq}`;
    const known = this.drawn.get(searchId);
    if (known?.version === version) return known.body;
    const body = JSON.stringify(
      (await this.candidates.points(searchId, await this.metrics(searchId))) satisfies CandidatePoints,
    );
    if (this.drawn.size > 32) this.drawn.clear();
    this.drawn.set(searchId, { version, body });
    return body;
  }

  /** Metrics of the search's objectives and constraints, and what every candidate has. */
  async metrics(searchId: string): Promise<string[]> {
    const { resolved } = await this.searches.get(searchId);
    return [
      ...new Set([
        ...namedMetrics(resolved as unknown as ResolvedSearch).map(({ metric }) => metric),
        'quality',
        'params',
      ]),
    ];
  }

  async curves(searchId: string): Promise<CurveSet> {
    await this.searches.get(searchId);
    return { items: await this.candidates.curves(searchId, MAX_CURVES) };
  }

  /** The front in the search's objectives, or in any others that its candidates have values for. */
  async front(searchId: string, asked?: string): Promise<FrontView> {
    const search = await this.searches.get(searchId);
    const own = objectivesOf(search.resolved as unknown as ResolvedSearch);
    if (asked === undefined || asked === own.map(({ metric }) => metric).join(',')) {
      return {
        search: searchId,
        objectives: own,
        items: await this.candidates.rows(searchId, Prisma.sql`"onFront"`),
      };
    }
    const objectives = asked.split(',').map((metric) => objectiveOf(metric, own));
    const points = await this.database.client.$queryRaw<
      { n: number; feasible: boolean; values: Record<string, number> }[]
    >`
      SELECT n, coalesce(feasible, false) AS feasible, "values" FROM candidate WHERE "searchId" = ${searchId}`;
    const members = frontOf(points, objectives).map(({ n }) => n);
    return {
      search: searchId,
      objectives,
      items: await this.candidates.rows(searchId, Prisma.sql`n = ANY(${members}::int[])`),
    };
  }

  async detail(id: string): Promise<CandidateDetail> {
    const row = await this.candidates.find(id);
    const search = await this.searches.get(row.searchId);
    const resolved = search.resolved as unknown as ResolvedSearch;
    const genome = row.genome as unknown as Genome;
    const trialGenome = row.trialGenome as unknown as Genome;
    const [views, evaluations, profiles, parentRows, children] = await Promise.all([
      this.candidates.views(row.searchId, [row]),
      this.rowsOf('evaluation', row.trialHash, row.evaluationId === null ? [] : [row.evaluationId]),
      this.rowsOf('profile', row.genomeHash, row.profileIds),
      this.candidates.rows(row.searchId, Prisma.sql`n = ANY(${row.parents}::int[])`),
      this.candidates.children(row.searchId, row.n),
    ]);
    return {
      ...views[0]!,
      searchId: row.searchId,
      searchName: search.name,
      objectives: objectivesOf(resolved),
      genome: row.genome as Record<string, unknown>,
      trialGenome: row.trialGenome as Record<string, unknown>,
      estimate: { ...estimate(genome, { context: resolved.deployment.context }) },
      trialEstimate: { ...estimate(trialGenome, { context: resolved.tier.context }) },
      evaluations: evaluations.map(evaluationView),
      profiles: profiles.map(profileView),
      parentRows,
      changes: row.changes,
      children,
    };
  }

  async card(id: string): Promise<string> {
    const candidate = await this.detail(id);
    const evaluation = scoredOf(candidate);
    if (evaluation !== undefined) return modelCard(candidate, evaluation);
    throw new HttpProblem(409, 'not-trained', `${id} has no scored training (${candidate.state})`, {
      remedy: 'take a finished candidate: asterism front',
    });
  }

  /** Its own rows first, then others of the same genome: replicates, confirmations, other searches. */
  private async rowsOf(kind: 'evaluation' | 'profile', genomeHash: string, own: readonly string[]) {
    const same = await this.database.client.work.findMany({
      where: { kind, genomeHash },
      select: { id: true },
      orderBy: { id: 'asc' },
      take: MAX_ROWS,
    });
    const ids = [...new Set([...own, ...same.map(({ id }) => id)])];
    const rows = new Map((await this.work.findMany(ids)).map((row) => [row.id, row]));
    return ids.flatMap((id) => rows.get(id) ?? []);
  }
}

/** A metric with the direction the search gave it, else the natural one. */
function objectiveOf(metric: string, own: readonly ObjectiveView[]): ObjectiveView {
  const known = own.find((objective) => objective.metric === metric);
  if (known !== undefined) return known;
  const parsed = parseMetric(metric, '/objectives');
  if (!parsed.ok) throw invalid(parsed.problems, 'the query');
  return {
    metric,
    direction: parsed.value.source === 'evaluation' ? 'maximize' : 'minimize',
    unit: parsed.value.unit,
  };
}
