import { Controller, Req } from '@nestjs/common';
import { DatasetRequest, type DatasetView, type Page } from '@asterism/contracts';
import { Idempotency } from '../http/idempotency';
import { Valid, type ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { DatasetsService } from './datasets.service';

@Controller('v1/datasets')
export class DatasetsController {
  constructor(
    private readonly datasets: DatasetsService,
    private readonly idempotency: Idempotency,
  ) {}

  @Route('GET', '', { scope: 'admin', summary: 'Registered datasets', answer: 'page of DatasetView' })
  async list(): Promise<Page<DatasetView>> {
    return { items: await this.datasets.list() };
  }

  @Route('POST', '', {
    scope: 'admin',
    summary: 'Register uploaded bytes under a name',
    body: 'DatasetRequest',
    answer: 'DatasetView',
  })
  register(@Valid(DatasetRequest) body: DatasetRequest, @Req() request: ApiRequest): Promise<DatasetView> {
    return this.idempotency.run(request, (db) => this.datasets.register(db, body));
  }
}
