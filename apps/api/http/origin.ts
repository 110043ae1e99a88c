import { isIP } from 'node:net';
import type { NextFunction, Request, Response } from 'express';
import type { Environment } from '../config/environment';
import { HttpProblem } from './problem';
import { sendProblem } from './problem.filter';

const CSP = [
  "default-src 'self'",
  "style-src 'self' 'unsafe-inline'",
  "img-src 'self' data:",
  "object-src 'none'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * Refuses foreign Host and Origin headers on every method: a web page that rebinds its name to this machine would
 * else be let in. A literal address cannot be rebound, so those are fine.
 */
export function checkOrigin({ publicUrl, host }: Pick<Environment, 'publicUrl' | 'host'>) {
  const known = new Set([
    'localhost',
    host,
    ...(publicUrl === undefined ? [] : [new URL(publicUrl).hostname]),
  ]);
  const allowed = (name: string | undefined): boolean =>
    name !== undefined &&
    (known.has(name) || isIP(name.replace(/^\[|\]$/g, '')) !== 0 || name.endsWith('.localhost'));

  return (request: Request, response: Response, next: NextFunction): void => {
    response.setHeader('content-security-policy', CSP);
    response.setHeader('x-content-type-options', 'nosniff');
    response.setHeader('referrer-policy', 'no-referrer');
    const target = hostOf(`http://${request.headers.host ?? ''}`);
    if (!allowed(target?.hostname)) {
      return sendProblem(
        response,
        new HttpProblem(
          421,
          'foreign-host',
          `this server does not answer for the host '${request.headers.host ?? ''}'`,
          {
            remedy: 'set ASTERISM_PUBLIC_URL to the address people use',
          },
        ),
      );
    }
    const { origin } = request.headers;
    if (origin !== undefined && !sameSite(origin, target, publicUrl)) {
      return sendProblem(
        response,
        new HttpProblem(403, 'foreign-origin', `pages of '${origin}' may not call this API`),
      );
    }
    next();
  };
}

function sameSite(origin: string, target: URL | undefined, publicUrl: string | undefined): boolean {
  const from = hostOf(origin);
  return (
    from !== undefined &&
    (from.host === target?.host || (publicUrl !== undefined && from.host === new URL(publicUrl).host))
  );
}

function hostOf(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
