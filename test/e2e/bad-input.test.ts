import { createHash } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type {
  CandidateDetail,
  DatasetView,
  Evaluation,
  Page,
  ProblemDocument,
  SearchDetail,
  WorkerView,
} from '@asterism/contracts';
import { Installation } from '../installation';
import { eventually } from '../processes';
import { assertWhole, ended, outcomeOf, specOf } from '../search-outcome';

let installation: Installation;

beforeAll(async () => {
  installation = await Installation.start({ workers: 1 });
  await eventually('a worker', async () => {
    const { items } = await installation.get<Page<WorkerView>>('/v1/workers');
    return items.some(({ alive }) => alive);
  });
}, 120_000);
afterAll(() => installation.stop(), 60_000);

/** Whatever was refused before, the service still takes an order and the worker fulfils it. */
afterEach(async () => {
  const { id } = await installation.post<Evaluation>('/v1/evaluations', {
    genome: 'nano-cc',
    tier: 'tiny',
    datasets: ['probes'],
  });
  await eventually('a good order', async () => {
    const row = await installation.get<Evaluation>(`/v1/evaluations/${id}`);
    return row.state === 'finished';
  });
}, 60_000);

async function refusal(path: string, text: string): Promise<ProblemDocument> {
  const answer = await fetch(`${installation.url}${path}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installation.token()}`, 'content-type': 'application/json' },
    body: text,
  });
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  return (await answer.json()) as ProblemDocument;
}

const convolution = { kind: 'gated-conv', kernel: 3 };
const attention = { kind: 'attention', heads: 3, kvHeads: 2, headDim: 16 };
const sharing = (group: number): object => ({
  ...attention,
  heads: 2,
  share: { values: { group, of: ['k', 'v'] } },
});
const withBackbone = (backbone: readonly unknown[], repeats = 1): string =>
  JSON.stringify({
    tier: 'tiny',
    genome: { format: 1, size: { width: 32, vocab: 512, repeats }, backbone },
  });
const withObjective = (metric: string): string =>
  JSON.stringify(specOf('tiny', { objectives: [{ maximize: 'quality' }, { minimize: metric }] }));
const withNumber = (literal: string): string =>
  JSON.stringify(specOf('tiny', { constraints: [{ metric: 'params', atMost: 1 }] })).replace(
    '"atMost":1',
    `"atMost":${literal}`,
  );

test.each([
  [
    'an unknown knob',
    '/v1/evaluations',
    withBackbone([{ ...convolution, dilation: 2 }]),
    /backbone\/0\/dilation/,
  ],
  ['indivisible heads', '/v1/evaluations', withBackbone([attention]), /backbone\/0\/kvHeads/],
  [
    'a sharing loop',
    '/v1/evaluations',
    withBackbone([{ ...sharing(1), share: { values: { group: 1, of: ['out'] } } }, sharing(1)]),
    /backbone\/[01]\/share/,
  ],
  ['10^9 layers', '/v1/evaluations', withBackbone([convolution], 1_000_000_000), /size\/repeats/],
  [
    'an objective no target gives',
    '/v1/searches',
    withObjective('decodeMsP50@tpu/xla/int2/ctx4096'),
    /objectives\/1/,
  ],
  ['a metric that is none', '/v1/searches', withObjective('niceness'), /objectives\/1/],
  [
    'a suite without its text',
    '/v1/searches',
    JSON.stringify(specOf('tiny', { trial: { tier: 'nano', datasets: ['probes'] } })),
    /trial\/datasets/,
  ],
  [
    'one evaluation without its text',
    '/v1/evaluations',
    JSON.stringify({
      ...(JSON.parse(withBackbone([convolution])) as object),
      tier: 'nano',
      datasets: ['probes'],
    }),
    /^\/datasets/,
  ],
  ['1e999', '/v1/searches', withNumber('1e999'), /constraints\/0\/atMost/],
])('%s is refused with a pointer', async (_what, path, body, pointer) => {
  const problem = await refusal(path, body);
  expect(problem.status).toBeGreaterThanOrEqual(400);
  expect(problem.status).toBeLessThan(500);
  expect((problem.errors ?? []).map((error) => error.pointer).join(' ')).toMatch(pointer);
});

test('NaN is no JSON, and the answer says where', async () => {
  expect(await refusal('/v1/searches', withNumber('NaN'))).toMatchObject({ status: 400 });
});

test('a body of 100 MB is refused before it has arrived', async () => {
  const started = Date.now();
  const answer = await fetch(`${installation.url}/v1/searches`, {
    method: 'POST',
    headers: { authorization: `Bearer ${installation.token()}`, 'content-type': 'application/json' },
    body: new Uint8Array(100_000_000).fill(0x20),
  }).catch((error: unknown) => error);
  // A client may see the connection end before it has read the answer.
  if (answer instanceof Response) expect(answer.status).toBe(413);
  expect(Date.now() - started).toBeLessThan(10_000);
});

test('a dataset that vanished: each evaluation is refused naming it, and the search goes on to its end', async () => {
  const documents = ['one', 'two', 'three', 'four']
    .map((name) => JSON.stringify({ name, text: `${name} `.repeat(200) }))
    .join('\n');
  const sha256 = createHash('sha256').update(documents).digest('hex');
  const put = await fetch(`${installation.url}/v1/artifacts/${sha256}`, {
    method: 'PUT',
    headers: {
      authorization: `Bearer ${installation.token()}`,
      'content-type': 'application/octet-stream',
    },
    body: documents,
  });
  expect(put.ok).toBe(true);
  await installation.post<DatasetView>('/v1/datasets', { name: 'my-notes', kind: 'text', sha256 });
  const artifacts = join(installation.services.state, 'artifacts', sha256.slice(0, 2), sha256);
  rmSync(artifacts);
  const spec = specOf('tiny', {
    name: 'vanished',
    trial: { tier: 'tiny', datasets: ['probes', 'my-notes'] },
    budget: { evaluations: 3 },
  });
  const answer = await installation.request('POST', '/v1/searches', spec);
  const search = (await answer.json()) as SearchDetail;
  expect(answer.status).toBe(201);
  expect((await ended(installation, search.id, 60_000)).state).toBe('finished');
  const outcome = await outcomeOf(installation, search.id);
  assertWhole(outcome, 3);
  const [first] = outcome.candidates;
  const candidate = await installation.get<CandidateDetail>(`/v1/candidates/${first?.id ?? ''}`);
  expect(candidate).toMatchObject({ state: 'infeasible', class: 'refused' });
  expect(candidate.evaluations[0]?.outcome).toMatchObject({
    class: 'refused',
    reason: expect.stringMatching(/my-notes.*gone/) as string,
  });
}, 90_000);
