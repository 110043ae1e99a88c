export interface FieldProblem {
  readonly pointer?: string;
  readonly message?: string;
  readonly detail?: string;
}

/** A problem+json answer (RFC 9457), or the network's refusal (status 0). */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    message: string,
    readonly problems: readonly FieldProblem[] = [],
  ) {
    super(message);
  }
}

async function failure(answer: Response): Promise<ApiError> {
  const body = (await answer.json().catch(() => ({}))) as {
    title?: string;
    detail?: string;
    errors?: readonly FieldProblem[];
    problems?: readonly FieldProblem[];
  };
  const text = body.detail ?? body.title ?? `HTTP ${answer.status}`;
  return new ApiError(answer.status, text, body.errors ?? body.problems ?? []);
}

async function send(path: string, init: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: 'same-origin', ...init });
  } catch (error) {
    if (init.signal?.aborted === true) throw error;
    throw new ApiError(0, 'the control plane does not answer; is `npm start` running?');
  }
  if (!answer.ok) throw await failure(answer);
  return answer;
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  const answer = await send(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  return (await answer.json()) as T;
}

export async function getText(path: string, signal?: AbortSignal): Promise<string> {
  return (await send(path, signal ? { signal } : {})).text();
}

/** Every post carries its own key, so a repeated click or retry has one effect. */
export async function post<T>(path: string, body?: unknown): Promise<T> {
  const answer = await send(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': crypto.randomUUID() },
    body: JSON.stringify(body ?? {}),
  });
  const text = await answer.text();
  return (text === '' ? undefined : JSON.parse(text)) as T;
}

const GZIP = [0x1f, 0x8b] as const;

/** A JSON artifact, compressed or not. */
export async function getArtifact(sha256: string, signal?: AbortSignal): Promise<unknown> {
  const blob = await (await send(`/v1/artifacts/${sha256}`, signal ? { signal } : {})).blob();
  const [first, second] = new Uint8Array(await blob.slice(0, 2).arrayBuffer());
  const zipped = first === GZIP[0] && second === GZIP[1];
  const stream = zipped ? blob.stream().pipeThrough(new DecompressionStream('gzip')) : blob.stream();
  return new Response(stream).json();
}
