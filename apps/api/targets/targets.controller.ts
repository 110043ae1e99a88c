import { Controller } from '@nestjs/common';
import type { Page, TargetView } from '@asterism/contracts';
import { Route } from '../http/route';
import { Database } from '../persistence/database';
import { CatalogueService } from '../searches/catalogue.service';
import { WorkersService } from '../workers/workers.service';

@Controller('v1/targets')
export class TargetsController {
  constructor(
    private readonly database: Database,
    private readonly catalogue: CatalogueService,
    private readonly workers: WorkersService,
  ) {}

  @Route('GET', '', {
    scope: 'admin',
    summary: 'Targets that can be measured on',
    answer: 'page of TargetView',
  })
  async list(): Promise<Page<TargetView>> {
    const { client } = this.database;
    const [{ targets }, living, seen, profiles] = await Promise.all([
      this.catalogue.current(),
      this.workers.living(),
      client.target.findMany({ orderBy: { resolved: 'asc' } }),
      client.work.groupBy({ by: ['target'], where: { kind: 'profile', state: 'finished' }, _count: true }),
    ]);
    const items = targets.map(({ selector }): TargetView => ({
      target: selector,
      resolved: seen.filter((one) => one.selector === selector).map(({ resolved }) => resolved),
      workers: living.filter(({ runtimes }) => runtimes.includes(selector)).length,
      profiles: profiles.find(({ target }) => target === selector)?._count ?? 0,
    }));
    return { items };
  }
}
