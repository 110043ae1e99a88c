// The little of the HTTP interface that `npm start` needs.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { sleep, UserError, waitFor } from '../process.mjs';
import { statePaths } from '../state.mjs';

/** An answer of the control plane that is a problem. */
export class Refused extends UserError {
  constructor(method, path, status, problem) {
    const at = (problem.problems ?? problem.errors ?? []).map(
      ({ pointer, message }) => `${pointer}: ${message}`,
    );
    super(
      [
        `${method} ${path} was refused (${status}): ${problem.detail ?? problem.title ?? 'no reason given'}`,
        ...at,
      ].join('\n    '),
    );
    this.status = status;
  }
}

/** Calls with the administrator's token of this installation. While the control plane restarts, calls wait for it. */
export class ControlPlane {
  constructor(url, state) {
    this.url = url;
    this.tokens = statePaths(state).tokens;
  }

  async healthy(timeoutMs, givenUp = () => false) {
    const answer = () =>
      fetch(`${this.url}/v1/health`).then(
        (found) => found.ok,
        () => false,
      );
    const found = await waitFor(async () => givenUp() || (await answer()), { timeoutMs, everyMs: 200 });
    return Boolean(found) && !givenUp();
  }

  get(path) {
    return this.call('GET', path);
  }

  post(path, body, headers = {}) {
    return this.call('POST', path, JSON.stringify(body), { 'content-type': 'application/json', ...headers });
  }

  put(path, bytes) {
    return this.call('PUT', path, bytes, { 'content-type': 'application/octet-stream' });
  }

  async call(method, path, body, headers = {}) {
    const authorization = `Bearer ${readFileSync(join(this.tokens, 'admin'), 'utf8').trim()}`;
    for (const end = Date.now() + 60_000; ; await sleep(500)) {
      const response = await fetch(`${this.url}${path}`, {
        method,
        body,
        headers: { authorization, ...headers },
      }).catch((error) => ({ error }));
      const unavailable = response.error !== undefined || response.status === 503;
      if (unavailable && Date.now() < end) continue;
      if (response.error)
        throw new UserError(
          `the control plane at ${this.url} does not answer: ${response.error.cause?.message ?? response.error.message}`,
        );
      return readAnswer(method, path, response);
    }
  }
}

async function readAnswer(method, path, response) {
  const text = await response.text();
  const value = text === '' ? undefined : parse(text);
  if (!response.ok)
    throw new Refused(
      method,
      path,
      response.status,
      typeof value === 'object' ? value : { detail: text.slice(0, 300) },
    );
  return value;
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
