import { Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { TokensService } from '../tokens/tokens.service';
import { SessionsService } from '../tokens/sessions.service';
import { HttpProblem } from './problem';
import type { ApiRequest, Principal } from './request';
import { SCOPE, type RouteScope } from './route';

/** Default deny: a route that names no scope answers nobody. */
@Injectable()
export class AuthGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    private readonly tokens: TokensService,
    private readonly sessions: SessionsService,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const scope = this.reflector.get<RouteScope | undefined>(SCOPE, context.getHandler());
    if (scope === 'public') return true;
    const request = context.switchToHttp().getRequest<ApiRequest>();
    const principal = await this.identify(request);
    if (principal === undefined) {
      throw new HttpProblem(401, 'not-signed-in', 'this needs a token', {
        remedy: 'send Authorization: Bearer <token>, or open the sign-in link that npm start prints',
        headers: { 'www-authenticate': 'Bearer' },
      });
    }
    if (scope === undefined || (scope === 'admin' && principal.scope !== 'admin')) {
      throw new HttpProblem(403, 'wrong-scope', `a ${principal.scope} token may not do this`);
    }
    request.principal = principal;
    return true;
  }

  private async identify(request: ApiRequest): Promise<Principal | undefined> {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.tokens.identify(authorization.replace(/^Bearer +/i, ''));
    return this.sessions.identify(request.headers.cookie);
  }
}
