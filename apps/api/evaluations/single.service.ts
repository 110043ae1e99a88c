import { Injectable } from '@nestjs/common';
import type { EvaluationRequest, Page, ProfileRequest } from '@asterism/contracts';
import { normalForm, parseGenome, parseLibraryEntry, scale, type Genome } from '@asterism/genome';
import {
  lackingDatasets,
  missingDatasets,
  noDataset,
  tierNames,
  tierWith,
  tokensInTrial,
  unknownSuite,
  type Catalogue,
  type TierName,
} from '@asterism/search';
import { readCursor, writeCursor } from '../http/cursor';
import { HttpProblem, invalid, notFound } from '../http/problem';
import { Library } from '../genomes/library';
import { WorkRepository } from '../leases/work.repository';
import type { WorkKind, WorkRow } from '../leases/work';
import type { Db } from '../persistence/database';
import { newId } from '../persistence/ids';
import { CatalogueService } from '../searches/catalogue.service';
import { goingOn, trunkKey } from './going-on';
import { evaluationRow, profileRow, type NewRow } from './requests';

const DEFAULT_DATASETS = ['probes', 'stdlib', 'udhr'];
const DEFAULT_CONTEXTS = [1024, 4096];
const PREFILL_LENGTHS = [256, 1024];

/** One genome outside any search: a sceptic's first act. */
@Injectable()
export class SingleService {
  constructor(
    private readonly work: WorkRepository,
    private readonly catalogue: CatalogueService,
    private readonly library: Library,
  ) {}

  async evaluate(db: Db, request: EvaluationRequest): Promise<WorkRow> {
    if (request.rungs !== undefined) checkRungs(request.rungs);
    const name = tierNames.find((known) => known === request.tier) ?? refuseTier(request.tier);
    const tier = tierWith(name, request.suite) ?? refuseSuite(name, request.suite);
    const { genome, context } = this.genome(request.genome);
    const known = await this.catalogue.current();
    const { width, vocab, repeats, tiedEmbeddings } = tier;
    const trial = normalForm(
      scale(genome, {
        width,
        vocab,
        repeats,
        tiedEmbeddings,
        context: { from: context ?? tier.context, to: tier.context },
      }),
    );
    const names = request.datasets ?? (tier.name === 'tiny' ? ['probes'] : DEFAULT_DATASETS);
    const datasets = datasetsOf(known, names);
    const missing = missingDatasets('/datasets', tier, names, known);
    const problems = [...missing, ...lackingDatasets('/datasets', tier, names, known)];
    if (problems.length > 0) throw invalid(problems);
    const row = evaluationRow({
      genome: trial,
      tier,
      datasets,
      trainerVersion: known.trainerVersion,
      numericClass: known.numericClass ?? refuseWorkers('trainings'),
      replicate: request.replicate,
      split: 'select',
      ...(request.rungs === undefined ? {} : { rungs: request.rungs }),
      ...(request.fresh ? { apart: newId('eval') } : {}),
    });
    const trunk = request.fresh ? undefined : trunkKey(row);
    return this.make(db, trunk === undefined ? row : goingOn(row, await this.work.finishedUnder(db, trunk)));
  }

  async profile(db: Db, request: ProfileRequest): Promise<WorkRow> {
    const { genome } = this.genome(request.genome);
    const { targets } = await this.catalogue.current();
    const target = targets.find(({ selector }) => selector === request.target);
    if (target === undefined) {
      throw invalid([
        {
          pointer: '/target',
          code: 'unknown-target',
          message: `no target is called ${request.target}`,
          allowed: targets.map(({ selector }) => selector).join(', '),
        },
      ]);
    }
    const row = profileRow({
      genome: normalForm(genome),
      selector: target.selector,
      resolved: target.resolved ?? refuseWorkers(target.selector),
      contexts: [...(request.contexts ?? DEFAULT_CONTEXTS)].sort((a, b) => a - b),
      prefillLengths: PREFILL_LENGTHS,
      ...(request.fresh ? { apart: newId('prof') } : {}),
    });
    return this.make(db, row);
  }

  private async make(db: Db, wanted: NewRow): Promise<WorkRow> {
    const [row] = await this.work.findOrCreate(db, [wanted]);
    if (row === undefined) throw new Error('a wanted row is found or made');
    return row;
  }

  async list(kind: WorkKind, limit: number, cursor?: string): Promise<Page<WorkRow>> {
    const rows = await this.work.list(kind, limit + 1, readCursor(cursor)?.id);
    const items = rows.slice(0, limit);
    const last = items.at(-1);
    return rows.length > limit && last !== undefined
      ? { items, next: writeCursor({ value: null, id: last.id }) }
      : { items };
  }

  async get(kind: WorkKind, id: string): Promise<WorkRow> {
    const row = await this.work.find(id);
    if (row === undefined || row.kind !== kind) throw notFound(`${kind} ${id}`);
    return row;
  }

  private genome(choice: EvaluationRequest['genome']): {
    readonly genome: Genome;
    readonly context?: number;
  } {
    if (typeof choice !== 'string') {
      const parsed = parseGenome(choice);
      if (!parsed.ok)
        throw invalid(
          parsed.problems.map((problem) => ({ ...problem, pointer: `/genome${problem.pointer}` })),
        );
      return { genome: parsed.value };
    }
    const entry = parseLibraryEntry(this.library.genomes.get(choice) ?? {});
    if (this.library.genomes.has(choice) && entry.ok)
      return { genome: entry.value.genome, context: entry.value.meta.context };
    throw invalid([
      {
        pointer: '/genome',
        code: 'unknown-genome',
        message: `no genome is called ${choice}`,
        allowed: [...this.library.genomes.keys()].join(', '),
      },
    ]);
  }
}

function refuseSuite(tier: TierName, suite: string | undefined): never {
  throw invalid([unknownSuite('/suite', tier, String(suite))]);
}

function checkRungs(rungs: readonly number[]): void {
  const at = rungs.findIndex((rung, index) => index > 0 && rung <= rungs[index - 1]!);
  if (at === -1) return;
  const message = 'rungs rise: each is a larger fraction than the one before';
  throw invalid([{ pointer: `/rungs/${at}`, code: 'invalid-rungs', message }]);
}

function refuseTier(name: string): never {
  throw invalid([
    {
      pointer: '/tier',
      code: 'unknown-tier',
      message: `no tier is called ${name}`,
      allowed: tierNames.join(', '),
    },
  ]);
}

function refuseWorkers(what: string): never {
  throw new HttpProblem(409, 'no-worker', `no live worker for ${what}`, {
    remedy: 'start a worker (npm start, or asterism worker) and try again',
  });
}

function datasetsOf(known: Catalogue, names: readonly string[]): Catalogue['datasets'] {
  const readable = known.datasets.filter(({ kind }) => kind !== 'tokens').map(({ name }) => name);
  return names.map((name, at) => {
    const pointer = `/datasets/${at}`;
    const found = known.datasets.find((dataset) => dataset.name === name);
    const message = noDataset(name);
    if (found === undefined)
      throw invalid([{ pointer, code: 'unknown-dataset', message, allowed: readable.join(', ') }]);
    const refused = tokensInTrial(pointer, found, readable);
    if (refused !== undefined) throw invalid([refused]);
    return found;
  });
}
