import { Controller, Param, Req, Res } from '@nestjs/common';
import {
  ConfirmRequest,
  type ConfirmAnswer,
  type DryRunReport,
  type HypervolumeHistory,
  type Page,
  type SearchDetail,
  type SearchSummary,
} from '@asterism/contracts';
import type { Response } from 'express';
import { Idempotency } from '../http/idempotency';
import { PageQuery, linkNext } from '../http/page';
import { Caller, Valid, ValidQuery, type ApiRequest, type Principal } from '../http/request';
import { Route } from '../http/route';
import { SearchesRepository } from './searches.repository';
import { SearchesService } from './searches.service';

const scope = 'admin';
const pages = { limit: '1 to 200, default 50', cursor: '`next` of the page before' };

@Controller('v1/searches')
export class SearchesController {
  constructor(
    private readonly searches: SearchesService,
    private readonly repository: SearchesRepository,
    private readonly idempotency: Idempotency,
  ) {}

  @Route('GET', '', {
    scope,
    summary: 'Searches, newest first',
    answer: 'page of SearchSummary',
    query: pages,
  })
  async list(
    @ValidQuery(PageQuery) query: PageQuery,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<SearchSummary>> {
    return linkNext(request, response, await this.searches.list(query.limit, query.cursor));
  }

  @Route('POST', '', {
    scope,
    summary: 'Start a search from its spec',
    body: 'SearchSpec',
    answer: 'SearchDetail',
  })
  async create(
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SearchDetail> {
    const created = await this.idempotency.run(request, (db) => this.searches.create(db, request.body));
    response.setHeader('location', `/v1/searches/${created.id}`);
    return created;
  }

  @Route('POST', 'dry-run', {
    scope,
    summary: 'What a search would cost and what will likely go wrong',
    status: 200,
    body: 'SearchSpec',
    answer: 'DryRunReport',
  })
  dryRun(@Req() request: ApiRequest): Promise<DryRunReport> {
    return this.searches.dryRun(request.body);
  }

  @Route('GET', ':id', {
    scope,
    summary: 'One search; its ETag can be sent as If-Match or If-None-Match',
    answer: 'SearchDetail',
  })
  async get(@Param('id') id: string, @Req() request: ApiRequest, @Res() response: Response): Promise<void> {
    const { detail, etag } = await this.searches.get(id);
    response.setHeader('etag', etag);
    // Workers and the forecast move without an event, so only a search that has ended can be said to be unchanged.
    if (detail.finishedAt !== null && request.headers['if-none-match'] === etag) response.status(304).end();
    else response.json(detail);
  }

  @Route('POST', ':id/pause', {
    scope,
    summary: 'Stop dispatching; running work finishes',
    status: 200,
    answer: 'SearchDetail',
  })
  pause(@Param('id') id: string, @Req() request: ApiRequest): Promise<SearchDetail> {
    return this.idempotency.run(request, (db) => this.searches.pause(db, id, request.headers['if-match']));
  }

  @Route('POST', ':id/resume', { scope, summary: 'Go on', status: 200, answer: 'SearchDetail' })
  resume(@Param('id') id: string, @Req() request: ApiRequest): Promise<SearchDetail> {
    return this.idempotency.run(request, (db) => this.searches.resume(db, id, request.headers['if-match']));
  }

  @Route('POST', ':id/cancel', {
    scope,
    summary: 'End the search; running work is stopped',
    status: 202,
    answer: 'SearchDetail',
  })
  async cancel(
    @Param('id') id: string,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<SearchDetail> {
    response.setHeader('location', `/v1/searches/${id}`);
    return this.idempotency.run(request, (db) => this.searches.cancel(db, id, request.headers['if-match']));
  }

  @Route('GET', ':id/hypervolume', {
    scope,
    summary: 'Hypervolume after each result that changed it',
    answer: 'HypervolumeHistory',
  })
  hypervolume(@Param('id') id: string): Promise<HypervolumeHistory> {
    return this.searches.hypervolume(id);
  }

  @Route('GET', ':id/log', {
    scope,
    summary: 'The hash-chained decision log, one event per line',
    answer: 'application/x-ndjson',
  })
  async log(@Param('id') id: string, @Res() response: Response): Promise<void> {
    await this.repository.get(id);
    response.setHeader('content-type', 'application/x-ndjson; charset=utf-8');
    for await (const line of this.repository.log(id)) response.write(line);
    response.end();
  }

  @Route('POST', ':id/confirm', {
    scope,
    summary: 'Score finalists on the report split with fresh seeds',
    status: 202,
    body: 'ConfirmRequest',
    answer: 'ConfirmAnswer',
  })
  async confirm(
    @Param('id') id: string,
    @Valid(ConfirmRequest) body: ConfirmRequest,
    @Caller() caller: Principal,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<ConfirmAnswer> {
    response.setHeader('location', `/v1/searches/${id}/front`);
    return this.idempotency.run(request, (db) => this.searches.confirm(db, id, body.candidates, caller));
  }
}
