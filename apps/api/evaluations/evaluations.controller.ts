import { Controller, Param, Req, Res } from '@nestjs/common';
import {
  EvaluationRequest,
  ProfileRequest,
  type Evaluation,
  type Page,
  type Profile,
} from '@asterism/contracts';
import type { Response } from 'express';
import { Idempotency } from '../http/idempotency';
import { PageQuery, linkNext } from '../http/page';
import { Valid, ValidQuery, type ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { WorkRepository } from '../leases/work.repository';
import { SingleService } from './single.service';
import { evaluationView, profileView } from './views';

const scope = 'admin';
const pages = { limit: '1 to 200, default 50', cursor: '`next` of the page before' };

@Controller('v1/evaluations')
export class EvaluationsController {
  constructor(
    private readonly single: SingleService,
    private readonly work: WorkRepository,
    private readonly idempotency: Idempotency,
  ) {}

  @Route('GET', '', {
    scope,
    summary: 'Evaluations, newest first',
    answer: 'page of Evaluation',
    query: pages,
  })
  async list(
    @ValidQuery(PageQuery) query: PageQuery,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<Evaluation>> {
    const page = await this.single.list('evaluation', query.limit, query.cursor);
    return linkNext(request, response, { ...page, items: page.items.map(evaluationView) });
  }

  @Route('POST', '', {
    scope,
    summary: 'Train and score one genome outside any search; equal work is not done twice',
    body: 'EvaluationRequest',
    answer: 'Evaluation',
  })
  async create(
    @Valid(EvaluationRequest) body: EvaluationRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Evaluation> {
    const row = await this.idempotency.run(request, async (db) =>
      evaluationView(await this.single.evaluate(db, body)),
    );
    response.setHeader('location', `/v1/evaluations/${row.id}`);
    return row;
  }

  @Route('GET', ':id', { scope, summary: 'One evaluation with its scores', answer: 'Evaluation' })
  async get(@Param('id') id: string): Promise<Evaluation> {
    return evaluationView(await this.single.get('evaluation', id));
  }

  @Route('GET', ':id/logs', { scope, summary: 'What its training printed', answer: 'text/plain' })
  async logs(@Param('id') id: string, @Res() response: Response): Promise<void> {
    await this.single.get('evaluation', id);
    response.type('text/plain').send(await this.work.logText(id));
  }
}

@Controller('v1/profiles')
export class ProfilesController {
  constructor(
    private readonly single: SingleService,
    private readonly work: WorkRepository,
    private readonly idempotency: Idempotency,
  ) {}

  @Route('GET', '', { scope, summary: 'Profiles, newest first', answer: 'page of Profile', query: pages })
  async list(
    @ValidQuery(PageQuery) query: PageQuery,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Page<Profile>> {
    const page = await this.single.list('profile', query.limit, query.cursor);
    return linkNext(request, response, { ...page, items: page.items.map(profileView) });
  }

  @Route('POST', '', {
    scope,
    summary: 'Measure one genome on a target, at the size it has',
    body: 'ProfileRequest',
    answer: 'Profile',
  })
  async create(
    @Valid(ProfileRequest) body: ProfileRequest,
    @Req() request: ApiRequest,
    @Res({ passthrough: true }) response: Response,
  ): Promise<Profile> {
    const row = await this.idempotency.run(request, async (db) =>
      profileView(await this.single.profile(db, body)),
    );
    response.setHeader('location', `/v1/profiles/${row.id}`);
    return row;
  }

  @Route('GET', ':id', { scope, summary: 'One profile with its measurements', answer: 'Profile' })
  async get(@Param('id') id: string): Promise<Profile> {
    return profileView(await this.single.get('profile', id));
  }

  @Route('GET', ':id/logs', { scope, summary: 'What its run printed', answer: 'text/plain' })
  async logs(@Param('id') id: string, @Res() response: Response): Promise<void> {
    await this.single.get('profile', id);
    response.type('text/plain').send(await this.work.logText(id));
  }
}
