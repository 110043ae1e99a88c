import type {
  CandidateRow,
  ConfirmAnswer,
  Evaluation,
  Page,
  ProblemDocument,
  ScoreBoard,
  ScoreSheet,
  SearchDetail,
} from '@asterism/contracts';
import { TestApi, eventually } from '../testing/api';
import { inState, submitted } from '../testing/searches';
import { ProtocolWorker } from '../testing/worker';

jest.setTimeout(60_000);

let api: TestApi;
let worker: ProtocolWorker;
let search: SearchDetail;
let rows: readonly CandidateRow[];
beforeAll(async () => {
  api = await TestApi.start();
  worker = await ProtocolWorker.register(api);
  worker.run();
  search = await inState(api, (await submitted(api, { start: ['lfm2'] })).id, 'finished');
  rows = (await api.get<Page<CandidateRow>>(`/v1/searches/${search.id}/candidates?sort=quality&order=desc`))
    .body.items;
});
afterAll(async () => {
  await worker.stop();
  await api.stop();
});

const sheet = (...ids: readonly (string | undefined)[]) =>
  api.get<ScoreSheet & ProblemDocument>(`/v1/scores?of=${ids.join(',')}`);

const finished = (id: string): Promise<Evaluation> =>
  eventually('scored', async () => {
    const row = (await api.get<Evaluation>(`/v1/evaluations/${id}`)).body;
    return row.state === 'finished' && row;
  });

async function scored(body: Readonly<Record<string, unknown>>): Promise<Evaluation> {
  return finished((await api.post<Evaluation>('/v1/evaluations', body)).body.id);
}

test('a board has tasks as columns and the best candidates first, a page at a time', async () => {
  const { body } = await api.get<ScoreBoard>(`/v1/searches/${search.id}/scores?limit=5`);
  expect(body).toMatchObject({ suite: 'tiny-1', tier: 'tiny', families: ['recall'], total: 12 });
  expect(body.tasks).toEqual([expect.objectContaining({ id: 'recall4', family: 'recall', weight: null })]);
  expect(body.items.map(({ n }) => n)).toEqual(rows.slice(0, 5).map(({ n }) => n));
  const [best] = body.items;
  expect(best?.score[0]).toBeCloseTo(rows[0]?.values['quality'] ?? NaN, 5);
  expect(best).toMatchObject({ errors: {}, context: null });
  const rest = await api.get<ScoreBoard>(`/v1/searches/${search.id}/scores?limit=50&cursor=${body.next}`);
  expect(rest.body.items.map(({ n }) => n)).toEqual(rows.slice(5).map(({ n }) => n));
  expect(rest.body.next).toBeUndefined();
});

test('a board of named candidates or of the front; wrong questions are refused', async () => {
  const at = `/v1/searches/${search.id}/scores`;
  const two = await api.get<ScoreBoard>(`${at}?candidates=${rows[3]?.id},${rows[1]?.id}`);
  expect(two.body.items.map(({ id }) => id)).toEqual([rows[1]?.id, rows[3]?.id]);
  const front = await api.get<ScoreBoard>(`${at}?front=true`);
  expect(front.body.items.every(({ onFront }) => onFront)).toBe(true);
  const stranger = await api.get<ProblemDocument>(`${at}?candidates=cand_${'0'.repeat(26)}`);
  expect(stranger).toMatchObject({
    status: 422,
    body: { errors: [{ pointer: '/candidates', code: 'unknown-candidate' }] },
  });
  expect((await api.get(`${at}?limit=51`)).status).toBe(422);
  expect((await api.get(`/v1/searches/srch_${'0'.repeat(26)}/scores`)).status).toBe(404);
  expect((await api.get(at, { authorization: `Bearer ${api.token('worker')}` })).status).toBe(403);
});

test('one item is its scores; five are compared pair by pair; one seed of a suite without known noise cannot tell', async () => {
  const one = await sheet(rows[0]?.id);
  expect(one.body.items[0]).toMatchObject({
    id: rows[0]?.id,
    code: rows[0]?.code,
    candidate: { n: rows[0]?.n, searchId: search.id, onFront: rows[0]?.onFront },
    evaluations: [{ id: rows[0]?.evaluationId, replicate: 0 }],
    curve: [{ fraction: 1 }],
  });
  expect(one.body.differences).toEqual([]);
  const five = (await sheet(...rows.slice(0, 5).map(({ id }) => id))).body;
  expect(five.items).toHaveLength(5);
  expect(five.differences.map(({ a, b }) => `${a}${b}`).join(' ')).toBe('01 02 03 04 12 13 14 23 24 34');
  const [first] = five.differences;
  expect(first).toMatchObject({
    pairs: 1,
    items: 'intervals',
    seeds: { quality: 'unknown', tasks: 'unknown' },
  });
  expect(first?.quality.verdict).toBe('cannot tell');
  expect(first?.tasks[0]?.difference).toBeCloseTo(
    (five.items[0]?.score[0] ?? 0) - (five.items[1]?.score[0] ?? 0),
    5,
  );
});

test('replicates are paired by seed, and a clear difference is told', async () => {
  const ids: string[] = [];
  for (const genome of ['nano-cq', 'nano-cc'])
    for (const replicate of [0, 1, 2]) {
      const { id } = await scored({ genome, tier: 'tiny', replicate });
      if (replicate === 0) ids.push(id);
    }
  const { body } = await sheet(...ids);
  expect(body.items.map(({ evaluations }) => evaluations.map(({ replicate }) => replicate))).toEqual([
    [0, 1, 2],
    [0, 1, 2],
  ]);
  expect(body.items.map(({ candidate }) => candidate)).toEqual([null, null]);
  const { difference } = body.differences[0]!.quality;
  // Scores of this worker follow from the genome alone: no noise between seeds.
  expect(body.differences[0]).toMatchObject({ pairs: 3, seeds: { quality: 'pairs' } });
  expect(body.differences[0]?.quality.verdict).toBe(difference > 0 ? 'better' : 'worse');
  expect((await sheet(ids[1], ids[0])).body.differences[0]?.quality.difference).toBeCloseTo(-difference, 12);
});

test('what was scored otherwise is not compared, and more than five are refused', async () => {
  const { items } = (
    await api.post<ConfirmAnswer>(`/v1/searches/${search.id}/confirm`, { candidates: [rows[0]?.id] })
  ).body;
  const report = await finished(items[0]?.evaluationId ?? '');
  expect(await sheet(rows[0]?.id, report.id)).toMatchObject({
    status: 409,
    body: {
      code: 'not-comparable',
      detail: `scores are not comparable: ${rows[0]?.id} has split select, ${report.id} has split report`,
    },
  });
  expect((await sheet(report.id)).body.split).toBe('report');
  const six = await sheet(...rows.slice(0, 6).map(({ id }) => id));
  expect(six).toMatchObject({ status: 422, body: { errors: [{ pointer: '/of' }] } });
  expect((await sheet(rows[0]?.id, rows[0]?.id)).status).toBe(422);
  expect((await sheet()).status).toBe(422);
  expect((await sheet(`eval_${'0'.repeat(26)}`)).status).toBe(404);
  expect((await sheet(`cand_${'0'.repeat(26)}`)).status).toBe(404);
});

test('an evaluation without scores says so', async () => {
  await worker.stop();
  const { body } = await api.post<Evaluation>('/v1/evaluations', {
    genome: 'nano-cq',
    tier: 'tiny',
    replicate: 77,
  });
  expect(await sheet(body.id)).toMatchObject({ status: 409, body: { code: 'not-scored' } });
});
