import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { static as serveStatic, type NextFunction, type Request, type Response } from 'express';
import { checkout } from '../config/checkout';

const folder = join(checkout, 'apps', 'dashboard', 'dist');

/** The built dashboard. It holds no data, so it needs no token; pages of its router get index.html. */
export const dashboardFiles = serveStatic(folder, {
  index: false,
  redirect: false,
  setHeaders: (response, path) => {
    response.setHeader(
      'cache-control',
      path.includes(`${join(folder, 'assets')}`) ? 'public, max-age=31536000, immutable' : 'no-cache',
    );
  },
});

/** Looked at on each request: the dashboard may be built after the API started. */
export function dashboardPages(request: Request, response: Response, next: NextFunction): void {
  const page = join(folder, 'index.html');
  const wanted =
    request.method === 'GET' &&
    request.accepts(['json', 'html']) === 'html' &&
    !/^\/(v1\/|openapi\.json)/.test(request.path);
  if (!wanted || !existsSync(page)) return next();
  response.setHeader('cache-control', 'no-cache');
  response.sendFile(page);
}
