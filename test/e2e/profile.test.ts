import type { CandidateDetail, FrontView, Profile, SearchDetail } from '@asterism/contracts';
import { estimate } from '@asterism/estimate';
import { parseGenome } from '@asterism/genome';
import { Installation } from '../installation';
import { eventually } from '../processes';
import { ended, specOf } from '../search-outcome';

const METRIC = 'decodeMsP50@cpu/torch/fp32/ctx256';
const CONTEXT = 256;

const genome = {
  format: 1,
  name: 'small',
  size: { width: 64, vocab: 512, repeats: 1 },
  backbone: [
    { kind: 'gated-conv', kernel: 3 },
    { kind: 'swiglu', hidden: 128 },
    { kind: 'attention', heads: 2, kvHeads: 1, headDim: 32 },
    { kind: 'gla', heads: 2, keyDim: 16, valueDim: 32 },
  ],
};

let installation: Installation;
let waiting: SearchDetail;

/** No worker yet: what is asked for now must wait, say so, and go on by itself. */
beforeAll(async () => {
  installation = await Installation.start({ workers: 1, awake: 0, leaseMs: 20_000 });
}, 120_000);
afterAll(() => installation.stop(), 60_000);

test('a search whose target no worker serves says what it waits for', async () => {
  const spec = specOf('tiny', {
    name: 'measured',
    deployment: { width: 64, repeats: 1, vocab: 512, context: CONTEXT },
    objectives: [{ maximize: 'quality' }, { minimize: METRIC }],
    budget: { evaluations: 3 },
  });
  const { id } = await installation.post<SearchDetail>('/v1/searches', spec);
  waiting = await eventually('waiting', async () => {
    const search = await installation.get<SearchDetail>(`/v1/searches/${id}`);
    return search.waitingFor !== undefined && search;
  });
  expect(waiting).toMatchObject({ state: 'waiting', waitingFor: 'no worker for cpu/torch/fp32' });
}, 60_000);

test('it goes on by itself when a worker appears, and every front point was measured', async () => {
  installation.workers[0]?.start();
  const finished = await ended(installation, waiting.id, 180_000);
  expect(finished.state).toBe('finished');
  expect(finished.resolved.target).toMatch(/.+\/torch\/fp32$/);
  const front = await installation.get<FrontView>(`/v1/searches/${waiting.id}/front`);
  expect(front.items.length).toBeGreaterThan(0);
  for (const { id } of front.items) {
    const candidate = await installation.get<CandidateDetail>(`/v1/candidates/${id}`);
    expect(candidate.values[METRIC]).toBeGreaterThan(0);
    const outcome = candidate.profiles[0]?.outcome;
    if (outcome?.status !== 'measured') throw new Error(`${id} has no profile`);
    expect((await installation.request('GET', `/v1/artifacts/${outcome.artifacts.samples}`)).ok).toBe(true);
  }
}, 200_000);

test('one genome outside any search: measured, its cache counted as estimated, raw samples kept', async () => {
  const body = { genome, target: 'cpu/torch/fp32', contexts: [64, CONTEXT] };
  const { id } = await installation.post<Profile>('/v1/profiles', body);
  const { outcome } = await eventually(
    'measured',
    async () => {
      const row = await installation.get<Profile>(`/v1/profiles/${id}`);
      return row.outcome !== undefined && row;
    },
    90_000,
  );
  if (outcome?.status !== 'measured') throw new Error(outcome?.reason ?? 'no outcome');
  const parsed = parseGenome(genome);
  if (!parsed.ok) throw new Error('the genome of this test is not valid');
  for (const context of [64, CONTEXT]) {
    const { kv, fir, recurrent } = estimate(parsed.value, { context }).cacheElements;
    const counted = (kind: string): number => outcome.cacheElements[`${kind}/ctx${context}`] ?? 0;
    expect([counted('kv'), counted('fir'), counted('recurrent')]).toEqual([kv, fir, recurrent]);
    const [low, high] = outcome.intervals[`decodeMsP50/ctx${context}`] ?? [];
    const p50 = outcome.metrics[`decodeMsP50/ctx${context}`] ?? NaN;
    expect(p50).toBeGreaterThan(0);
    expect(low).toBeLessThanOrEqual(p50);
    expect(high).toBeGreaterThanOrEqual(p50);
    expect(outcome.metrics[`peakBytes/ctx${context}`]).toBeGreaterThan(0);
  }
  const samples = await installation.request('GET', `/v1/artifacts/${outcome.artifacts.samples}`);
  expect(samples.ok).toBe(true);
  expect((await samples.arrayBuffer()).byteLength).toBeGreaterThan(1_000);
  expect(Object.keys(outcome.identity).length).toBeGreaterThan(0);
}, 120_000);
