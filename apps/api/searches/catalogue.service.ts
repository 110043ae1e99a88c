import { Inject, Injectable } from '@nestjs/common';
import { trainerVersion } from '@asterism/contracts';
import type { Catalogue, DatasetPin, TargetPin } from '@asterism/search';
import { ARTIFACT_STORE, type ArtifactStore } from '../artifacts/artifact-store';
import { UserDatasets } from '../datasets/user-datasets';
import { Library } from '../genomes/library';
import { Database } from '../persistence/database';
import { Suites } from '../tasks/suites';
import { Weights } from '../tasks/weights';
import { WorkersService, resolveTarget } from '../workers/workers.service';

/** Selectors that every installation knows, before any worker came. */
const KNOWN_TARGETS = ['cpu/torch/fp32'];

/** What the names of a spec stand for at this moment. */
@Injectable()
export class CatalogueService {
  private readonly userDatasets: UserDatasets;

  constructor(
    private readonly database: Database,
    private readonly library: Library,
    private readonly workers: WorkersService,
    private readonly suites: Suites,
    private readonly weights: Weights,
    @Inject(ARTIFACT_STORE) store: ArtifactStore,
  ) {
    this.userDatasets = new UserDatasets(store);
  }

  async current(): Promise<Catalogue> {
    const [datasets, known, living] = await Promise.all([
      this.database.client.dataset.findMany({ orderBy: { name: 'asc' } }),
      this.database.client.target.findMany({ distinct: ['selector'], select: { selector: true } }),
      this.workers.living(),
    ]);
    const users = new Map(await this.userDatasets.of(datasets));
    const selectors = [...new Set([...KNOWN_TARGETS, ...known.map(({ selector }) => selector)])].sort();
    const numericClass = mostCommon(
      living.filter(({ devices }) => devices.includes('cpu')).map((worker) => worker.numericClass),
    );
    return {
      genome: (name) => this.library.genomes.get(name),
      space: (name) => this.library.spaces.get(name),
      genomeNames: [...this.library.genomes.keys()],
      spaceNames: [...this.library.spaces.keys()],
      datasets: datasets.map(({ name, kind, sha256 }): DatasetPin => ({ name, kind, sha256 })),
      suiteDatasets: (suite) => this.suites.datasets(suite),
      suiteTasks: (suite) =>
        this.suites.tasks
          .filter(({ suites }) => suites.includes(suite))
          .map(({ id, family, countsInQuality }) => ({ id, family, counts: countsInQuality })),
      isWeighted: (suite, version) => this.weights.of(suite, version) !== undefined,
      userData: (name) => users.get(name),
      targets: selectors.map((selector): TargetPin => {
        const resolved = mostCommon(
          living
            .filter(({ runtimes }) => runtimes.includes(selector))
            .map(({ cpuModel }) => resolveTarget(selector, cpuModel)),
        );
        return resolved === undefined ? { selector } : { selector, resolved };
      }),
      trainerVersion,
      ...(numericClass === undefined ? {} : { numericClass }),
    };
  }
}

/** The one that most workers share, so that most of them can help; the first in order on a tie. */
function mostCommon(values: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const value of values) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))[0]?.[0];
}
