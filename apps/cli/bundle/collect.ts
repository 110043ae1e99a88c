import type { CandidateDetail, CandidateRow, SearchDetail } from '@asterism/contracts';
import type { Api } from '../api';
import type { Files } from './archive';

const json = (value: unknown): Buffer => Buffer.from(`${JSON.stringify(value, null, 2)}\n`);

/** Everything a sceptic needs: spec, log, scores per task, raw profile samples, versions. Weights are left to `pull`. */
export async function collect(api: Api, id: string): Promise<Files> {
  const search = await api.get<SearchDetail>(`/v1/searches/${id}`);
  const rows = await api.all<CandidateRow>(`/v1/searches/${id}/candidates?sort=n&order=asc`);
  const files = new Map<string, Buffer>([
    ['search.json', json(search)],
    ['spec.json', json(search.spec)],
    ['log.ndjson', Buffer.from(await api.text(`/v1/searches/${id}/log`))],
    ['front.json', json(await api.get(`/v1/searches/${id}/front`))],
    ['versions.json', json(await api.get('/v1/health'))],
  ]);
  for (const row of rows) {
    const candidate = await api.get<CandidateDetail>(`/v1/candidates/${row.id}`);
    files.set(`candidates/${String(row.n).padStart(5, '0')}.json`, json(candidate));
    for (const sha of samplesOf(candidate))
      files.set(`samples/${sha}`, await api.bytes(`/v1/artifacts/${sha}`));
  }
  return files;
}

function samplesOf(candidate: CandidateDetail): string[] {
  const evaluations = candidate.evaluations.flatMap(({ outcome }) =>
    outcome?.status === 'scored' ? [outcome.artifacts.samples] : [],
  );
  const profiles = candidate.profiles.flatMap(({ outcome }) =>
    outcome?.status === 'measured' ? [outcome.artifacts.samples] : [],
  );
  return [...new Set([...evaluations, ...profiles])].filter((sha) => sha !== undefined);
}
