import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { CandidateRow, SearchDetail } from '@asterism/contracts';
import type { LogEvent } from '@asterism/search';
import type { Installation } from './installation';

const TERMINAL: ReadonlySet<string> = new Set(['finished', 'infeasible', 'failed', 'cancelled']);

/** A spec shipped with the project, with parts replaced. */
export function specOf(
  name: string,
  changes: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const path = resolve(__dirname, '..', 'genomes', 'searches', `${name}.json`);
  return { ...(JSON.parse(readFileSync(path, 'utf8')) as Record<string, unknown>), ...changes };
}

/** Polls until the search has ended; control planes may come and go meanwhile. */
export async function ended(
  installation: Installation,
  id: string,
  timeoutMs: number,
): Promise<SearchDetail> {
  const until = Date.now() + timeoutMs;
  let seen = 'nothing yet';
  while (Date.now() < until) {
    const search = await installation.get<SearchDetail>(`/v1/searches/${id}`).catch(() => undefined);
    if (search !== undefined) {
      seen = `${search.state} ${search.progress.admitted}/${search.progress.budget}`;
      if (search.state === 'finished' || search.state === 'failed' || search.state === 'cancelled')
        return search;
    }
    await new Promise((done) => setTimeout(done, 500));
  }
  throw new Error(`search ${id} did not end in ${timeoutMs / 1000} s: ${seen}`);
}

export interface Outcome {
  readonly logHash: string;
  readonly events: readonly LogEvent[];
  readonly candidates: readonly CandidateRow[];
}

export async function outcomeOf(installation: Installation, id: string): Promise<Outcome> {
  const text = await (await installation.request('GET', `/v1/searches/${id}/log`)).text();
  const events = text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as LogEvent);
  const { items } = await installation.get<{ items: CandidateRow[] }>(
    `/v1/searches/${id}/candidates?sort=n&order=asc&limit=200`,
  );
  return { logHash: events.at(-1)?.hash ?? '', events, candidates: items };
}

/** What must hold after any faults; the first broken rule is thrown with its numbers. */
export function assertWhole(outcome: Outcome, budget: number): void {
  const numbers = outcome.candidates.map((candidate) => candidate.n);
  expect(numbers).toEqual(Array.from({ length: budget }, (_, at) => (numbers[0] ?? 0) + at));
  expect(outcome.candidates.filter((candidate) => !TERMINAL.has(candidate.state))).toEqual([]);
  expect(outcome.events.map((event) => event.seq)).toEqual(
    outcome.events.map((_, at) => (outcome.events[0]?.seq ?? 0) + at),
  );
  const admitted = outcome.events.filter((event) => event.type === 'admitted');
  expect(admitted).toHaveLength(budget);
}
