import { Delete, Get, HttpCode, Post, Put, SetMetadata, applyDecorators } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiQuery, ApiResponse } from '@nestjs/swagger';

/** `any`: both tokens. `worker` routes also answer an admin. Nothing is open unless it says `public`. */
export type RouteScope = 'admin' | 'worker' | 'any' | 'public';
export const SCOPE = 'asterism:scope';

interface RouteOptions {
  readonly scope: RouteScope;
  readonly summary: string;
  readonly status?: number;
  /** Name of a schema of libs/contracts. */
  readonly body?: string;
  /** Name of a schema, `page of X`, or a media type for what is not JSON. */
  readonly answer?: string;
  readonly query?: Readonly<Record<string, string>>;
}

const verbs = { GET: Get, POST: Post, PUT: Put, DELETE: Delete } as const;

/** A route with its scope and its place in the OpenAPI document. Every route is declared with this. */
export function Route(method: keyof typeof verbs, path: string, options: RouteOptions): MethodDecorator {
  const status = options.status ?? (method === 'POST' ? 201 : 200);
  return applyDecorators(
    verbs[method](path),
    HttpCode(status),
    SetMetadata(SCOPE, options.scope),
    ApiOperation({ summary: options.summary, ...(options.scope === 'public' ? { security: [] } : {}) }),
    ...(options.body === undefined ? [] : [ApiBody({ schema: { $ref: refOf(options.body) } })]),
    ...Object.entries(options.query ?? {}).map(([name, description]) =>
      ApiQuery({ name, description, required: false, schema: { type: 'string' } }),
    ),
    ApiResponse({ status, description: 'as asked', ...answerOf(options.answer) }),
    ApiResponse({
      status: 'default',
      description: 'problem (RFC 9457)',
      content: { 'application/problem+json': { schema: { $ref: refOf('ProblemDocument') } } },
    }),
  );
}

const refOf = (name: string): string => `#/components/schemas/${name}`;

function answerOf(answer: string | undefined): object {
  if (answer === undefined) return {};
  if (answer.includes('/')) return { content: { [answer]: { schema: { type: 'string' } } } };
  if (!answer.startsWith('page of ')) return { schema: { $ref: refOf(answer) } };
  const items = { type: 'array', items: { $ref: refOf(answer.slice(8)) } };
  const properties = { items, next: { type: 'string' }, total: { type: 'integer' } };
  return { schema: { type: 'object', required: ['items'], properties } };
}
