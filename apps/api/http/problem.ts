import type { Problem } from '@asterism/genome';
import type { ProblemDocument } from '@asterism/contracts';

interface ProblemOptions {
  readonly errors?: readonly Problem[];
  readonly remedy?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An expected refusal on its way to the client; the filter writes it as problem+json (RFC 9457). */
export class HttpProblem extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    detail: string,
    readonly options: ProblemOptions = {},
  ) {
    super(detail);
  }

  document(): ProblemDocument {
    const { errors, remedy } = this.options;
    return {
      type: `urn:asterism:problem:${this.code}`,
      title: titleOf(this.code),
      status: this.status,
      code: this.code,
      detail: this.message,
      ...(remedy === undefined ? {} : { remedy }),
      ...(errors === undefined ? {} : { errors: [...errors] }),
    };
  }
}

function titleOf(code: string): string {
  const words = code.replaceAll('-', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}

export const notFound = (what: string): HttpProblem =>
  new HttpProblem(404, 'not-found', `there is no ${what}`);

/** Many findings in a document: 422, each with its JSON Pointer. */
export function invalid(errors: readonly Problem[], what = 'the body'): HttpProblem {
  const first = errors[0];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : '';
  const place = first === undefined || first.pointer === '' ? what : first.pointer;
  return new HttpProblem(422, 'invalid', `${place}: ${first?.message ?? 'is not valid'}${more}`, { errors });
}
