import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SearchDetail } from '@asterism/contracts';
import { checkout } from '../config/checkout';
import { eventually, type TestApi } from './api';

/** The spec of genomes/searches/tiny.json, with parts replaced. */
export function aSpec(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const file = join(checkout, 'genomes', 'searches', 'tiny.json');
  return { ...(JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>), ...changes };
}

export async function submitted(
  api: TestApi,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<SearchDetail> {
  const answer = await api.post<SearchDetail>('/v1/searches', aSpec(changes));
  if (answer.status !== 201) throw new Error(answer.text);
  return answer.body;
}

export function inState(api: TestApi, id: string, state: string, ms = 30_000): Promise<SearchDetail> {
  return eventually(
    `search ${state}`,
    async () => {
      const { body } = await api.get<SearchDetail>(`/v1/searches/${id}`);
      return body.state === state && body;
    },
    ms,
  );
}
