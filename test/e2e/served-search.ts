import type { CandidateRow, Page, SearchDetail, SearchSummary } from '@asterism/contracts';
import { Installation } from '../installation';
import { ended, specOf } from '../search-outcome';

/** A finished search on a real service, and a way into it for a browser. */
export interface ServedSearch {
  readonly url: string;
  readonly signInLink: string;
  readonly search: SearchDetail;
  readonly candidates: readonly CandidateRow[];
  readonly stop: () => Promise<void>;
}

const TRAINING_MS = 240_000;

/**
 * With ASTERISM_URL and ASTERISM_TOKEN, the newest finished search there (the pictures of the documentation are
 * taken so); else an installation of its own that runs the shipped tiny search.
 */
export async function serveSearch(): Promise<ServedSearch> {
  const url = process.env['ASTERISM_URL'];
  const token = process.env['ASTERISM_TOKEN'];
  if (url !== undefined && token !== undefined) return running(url, token);
  const installation = await Installation.start({ workers: 1 });
  try {
    const { id } = await installation.post<SearchDetail>('/v1/searches', specOf('tiny'));
    await ended(installation, id, TRAINING_MS);
    const served = await running(installation.url, installation.token(), id);
    return { ...served, stop: () => installation.stop() };
  } catch (error) {
    await installation.stop();
    throw error;
  }
}

async function running(url: string, token: string, id?: string): Promise<ServedSearch> {
  const ask = async <T>(method: string, path: string): Promise<T> => {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const answer = await fetch(`${url}${path}`, {
      method,
      headers,
      ...(method === 'POST' ? { body: '{}' } : {}),
    });
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${await answer.text()}`);
    return (await answer.json()) as T;
  };
  const list = await ask<Page<SearchSummary>>('GET', '/v1/searches?limit=100');
  const chosen = id ?? list.items.find((search) => search.state === 'finished')?.id;
  if (chosen === undefined) throw new Error(`no finished search at ${url}`);
  const link = await ask<{ url: string }>('POST', '/v1/session/links');
  const path = `/v1/searches/${chosen}/candidates?sort=n&order=asc&limit=200`;
  return {
    url,
    signInLink: `${url}${new URL(link.url).pathname}${new URL(link.url).search}`,
    search: await ask<SearchDetail>('GET', `/v1/searches/${chosen}`),
    candidates: (await ask<Page<CandidateRow>>('GET', path)).items,
    stop: () => Promise.resolve(),
  };
}
