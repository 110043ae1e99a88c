import type { Page } from '@asterism/contracts';
import type { Response } from 'express';
import { z } from 'zod';
import type { ApiRequest } from './request';

/** What every list takes. */
export const PageQuery = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).optional(),
});
export type PageQuery = z.output<typeof PageQuery>;

/** Adds `Link: <…>; rel="next"` to a page that has a next one. */
export function linkNext<T>(request: ApiRequest, response: Response, page: Page<T>): Page<T> {
  if (typeof page.next === 'string') {
    const url = new URL(request.originalUrl, 'http://localhost');
    url.searchParams.set('cursor', page.next);
    response.setHeader('link', `<${url.pathname}${url.search}>; rel="next"`);
  }
  return page;
}
