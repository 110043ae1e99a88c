import { Controller, Inject, Param, Req, Res } from '@nestjs/common';
import {
  TokenRequest,
  type Page,
  type SessionLink,
  type TokenCreated,
  type TokenView,
} from '@asterism/contracts';
import type { Response } from 'express';
import { z } from 'zod';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { Valid, ValidQuery, type ApiRequest } from '../http/request';
import { Route } from '../http/route';
import { COOKIE, SessionsService } from './sessions.service';
import { TokensService } from './tokens.service';

const LinkQuery = z.strictObject({ link: z.string().max(200) });

@Controller('v1')
export class TokensController {
  constructor(
    private readonly tokens: TokensService,
    private readonly sessions: SessionsService,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  @Route('GET', 'tokens', { scope: 'admin', summary: 'Tokens, newest first', answer: 'page of TokenView' })
  async list(): Promise<Page<TokenView>> {
    return { items: await this.tokens.list() };
  }

  @Route('POST', 'tokens', {
    scope: 'admin',
    summary: 'Create a token; it is shown this once',
    body: 'TokenRequest',
    answer: 'TokenCreated',
  })
  create(@Valid(TokenRequest) body: TokenRequest): Promise<TokenCreated> {
    return this.tokens.create(body);
  }

  @Route('DELETE', 'tokens/:id', { scope: 'admin', summary: 'Revoke a token', answer: 'TokenView' })
  revoke(@Param('id') id: string): Promise<TokenView> {
    return this.tokens.revoke(id);
  }

  @Route('POST', 'session/links', {
    scope: 'admin',
    summary: 'Make a one-time sign-in link for a browser',
    answer: 'SessionLink',
  })
  link(@Req() request: ApiRequest): Promise<SessionLink> {
    return this.sessions.createLink(
      this.environment.publicUrl ?? `http://${request.headers.host ?? 'localhost'}`,
    );
  }

  @Route('GET', 'session', {
    scope: 'public',
    summary: 'Change a one-time link into a cookie',
    status: 303,
    query: { link: 'the one-time secret' },
  })
  async open(
    @ValidQuery(LinkQuery) { link }: z.output<typeof LinkQuery>,
    @Res() response: Response,
  ): Promise<void> {
    const { cookie, seconds } = await this.sessions.open(link);
    const secure = this.environment.publicUrl?.startsWith('https:') === true ? '; Secure' : '';
    response.setHeader(
      'set-cookie',
      `${COOKIE}=${cookie}; HttpOnly; SameSite=Strict; Path=/; Max-Age=${seconds}${secure}`,
    );
    response.redirect(303, '/');
  }
}
