import { CliError } from './errors';
import { connect, type Connection } from './connection';

interface ProblemBody {
  readonly title?: string;
  readonly detail?: string;
  readonly remedy?: string;
  readonly errors?: readonly {
    readonly pointer?: string;
    readonly message?: string;
    readonly detail?: string;
  }[];
}

type Body = string | Uint8Array<ArrayBuffer>;

const REMEDIES: Readonly<Record<number, string>> = {
  401: 'check ASTERISM_TOKEN, or the file tokens/admin of the state directory',
  403: 'this token lacks the scope; use an admin token',
  404: '`asterism list` shows the searches there are',
  409: 'look at its state with `asterism show` first',
  413: 'the body is over 1 MB; large inputs go in as datasets or artifacts',
  507: 'the artifact disk is full: free space and try again, nothing was lost',
};

function describe(body: ProblemBody, status: number): string {
  const first = body.errors?.[0];
  const more = (body.errors?.length ?? 0) - 1;
  const where = first === undefined ? '' : ` ${first.pointer ?? ''}: ${first.message ?? first.detail ?? ''}`;
  return `${body.detail ?? body.title ?? `HTTP ${status}`}${where}${more > 0 ? ` (and ${more} more)` : ''}`;
}

/** The HTTP API as the commands use it. Paths begin with `/v1`; problems become one-line errors. */
export class Api {
  private constructor(readonly connection: Connection) {}

  static async open(): Promise<Api> {
    return new Api(await connect());
  }

  async get<T>(path: string): Promise<T> {
    return (await this.send('GET', path)).json() as Promise<T>;
  }

  async post<T>(path: string, body: unknown, headers: Record<string, string> = {}): Promise<T> {
    const answer = await this.send('POST', path, JSON.stringify(body ?? {}), {
      'content-type': 'application/json',
      ...headers,
    });
    const text = await answer.text();
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  async text(path: string): Promise<string> {
    return (await this.send('GET', path)).text();
  }

  async bytes(path: string): Promise<Buffer> {
    return Buffer.from(await (await this.send('GET', path)).arrayBuffer());
  }

  /** Follows every `next` of a cursor-paged list. */
  async all<T>(path: string): Promise<T[]> {
    const items: T[] = [];
    let cursor: string | undefined;
    do {
      const mark = path.includes('?') ? '&' : '?';
      const page: { items: T[]; next?: string | null } = await this.get(
        `${path}${mark}limit=200${cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`}`,
      );
      items.push(...page.items);
      cursor = page.next ?? undefined;
    } while (cursor !== undefined);
    return items;
  }

  async send(
    method: string,
    path: string,
    body?: Body,
    headers: Record<string, string> = {},
    signal?: AbortSignal,
  ): Promise<Response> {
    const answer = await this.reach(method, path, body, headers, signal);
    if (answer.ok) return answer;
    const problem = (await answer.json().catch(() => ({}))) as ProblemBody;
    throw new CliError(
      describe(problem, answer.status),
      problem.remedy ?? REMEDIES[answer.status] ?? 'correct the request and try again',
    );
  }

  private async reach(
    method: string,
    path: string,
    body: Body | undefined,
    headers: Record<string, string>,
    signal: AbortSignal | undefined,
  ): Promise<Response> {
    try {
      return await fetch(`${this.connection.url}${path}`, {
        method,
        headers: { authorization: `Bearer ${this.connection.token}`, ...headers },
        ...(body === undefined ? {} : { body }),
        ...(signal === undefined ? {} : { signal }),
      });
    } catch (cause) {
      if (signal?.aborted === true) throw cause;
      throw new CliError(
        `no answer from ${this.connection.url}`,
        'start it with `npm start`, or set ASTERISM_URL',
      );
    }
  }
}
