import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import { toPointer, type Problem } from '@asterism/genome';
import type { Request } from 'express';
import type { z } from 'zod';
import { HttpProblem, invalid } from './problem';

/** Who asks: a token, or a browser session (which acts as admin). */
export interface Principal {
  readonly id: string;
  readonly scope: 'admin' | 'worker';
}

export interface ApiRequest extends Request {
  principal?: Principal;
}

function problemsOf(error: z.ZodError): Problem[] {
  return error.issues.flatMap((issue) => {
    const at = toPointer(issue.path);
    if (issue.code !== 'unrecognized_keys')
      return [{ pointer: at, code: issue.code, message: issue.message }];
    return issue.keys.map((key) => ({
      pointer: `${at}${toPointer([key])}`,
      code: 'unknown-key',
      message: `unknown key '${key}'`,
    }));
  });
}

export function parse<T extends z.ZodType>(schema: T, value: unknown, what = 'the body'): z.output<T> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw invalid(problemsOf(parsed.error), what);
}

// A schema has `transform`, so Nest would take it for a pipe: it is handed over inside an object.
const body = createParamDecorator(({ schema }: { schema: z.ZodType }, context: ExecutionContext): unknown =>
  parse(schema, context.switchToHttp().getRequest<ApiRequest>().body ?? {}),
);
const query = createParamDecorator(({ schema }: { schema: z.ZodType }, context: ExecutionContext): unknown =>
  parse(schema, context.switchToHttp().getRequest<ApiRequest>().query, 'the query'),
);

/** The JSON body, checked by a schema. */
export const Valid = (schema: z.ZodType): ParameterDecorator => body({ schema });

/** The query string, checked by a schema. */
export const ValidQuery = (schema: z.ZodType): ParameterDecorator => query({ schema });

export const Caller = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<ApiRequest>();
  if (principal === undefined) throw new HttpProblem(401, 'not-signed-in', 'this needs a token');
  return principal;
});
