import type { NextFunction, Request, Response } from 'express';
import { HttpProblem } from './problem';
import { sendProblem } from './problem.filter';

export const MAX_BODY_BYTES = 1_000_000;
export const MAX_DEPTH = 64;
const MAX_DRAIN_BYTES = 8_000_000;

/**
 * Reads JSON bodies up to 1 MB. Size and depth are checked before parsing: JSON nested 20,000 deep makes the parser
 * throw a RangeError. Streams of artifacts are left alone.
 */
export function jsonBody(request: Request, response: Response, next: NextFunction): void {
  if (request.method === 'GET' || request.method === 'HEAD' || isStream(request)) {
    next();
    return;
  }
  read(request)
    .then((text) => {
      request.body = text === '' ? undefined : parseJson(text);
      next();
    })
    .catch((error: unknown) => {
      if (!(error instanceof HttpProblem)) return next(error);
      if (error.status === 413) response.setHeader('connection', 'close');
      sendProblem(response, error);
    });
}

function isStream(request: Request): boolean {
  return request.method === 'PUT' && /^\/v1\/artifacts\/[^/]+$/.test(request.path);
}

async function read(request: Request): Promise<string> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > MAX_BODY_BYTES) throw await tooLarge(request);
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > MAX_BODY_BYTES) throw await tooLarge(request);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** A client that is still sending sees a reset instead of the answer: what is small enough is read to its end. */
async function tooLarge(request: Request): Promise<HttpProblem> {
  const announced = Number(request.headers['content-length'] ?? 0);
  if (announced > 0 && announced <= MAX_DRAIN_BYTES && !request.readableEnded && !request.destroyed) {
    for await (const chunk of request as AsyncIterable<Buffer>) void chunk;
  }
  return new HttpProblem(413, 'body-too-large', `a body holds at most ${MAX_BODY_BYTES} bytes`, {
    remedy: 'upload large inputs with PUT /v1/artifacts/{sha256} and name them by their hash',
  });
}

function parseJson(text: string): unknown {
  if (depthOf(text) > MAX_DEPTH) {
    throw new HttpProblem(400, 'too-deep', `JSON is nested deeper than ${MAX_DEPTH} levels`);
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new HttpProblem(400, 'not-json', `the body is not JSON: ${(error as Error).message}`);
  }
}

/** Deepest nesting of brackets outside strings. */
export function depthOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (quoted) {
      if (code === 92) at++;
      else if (code === 34) quoted = false;
    } else if (code === 34) quoted = true;
    else if (code === 91 || code === 123) deepest = Math.max(deepest, ++depth);
    else if (code === 93 || code === 125) depth--;
  }
  return deepest;
}
