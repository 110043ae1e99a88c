import type {
  CandidateRow,
  ConfirmAnswer,
  CurveSet,
  FrontView,
  JournalEvent,
  Page,
  ProblemDocument,
  SearchDetail,
} from '@asterism/contracts';
import { Retention } from '../engine/retention';
import { TestApi, eventually } from '../testing/api';
import { inState, submitted } from '../testing/searches';
import { ARTIFACT, ProtocolWorker } from '../testing/worker';
import { csvCell } from './csv';

jest.setTimeout(60_000);

let api: TestApi;
let worker: ProtocolWorker;
let search: SearchDetail;
let at: string;
beforeAll(async () => {
  api = await TestApi.start();
  worker = await ProtocolWorker.register(api);
  worker.run();
  const spec = { name: '=cmd|calc', baselines: ['transformer-pp'], start: ['lfm2'] };
  search = await inState(api, (await submitted(api, spec)).id, 'finished');
  at = `/v1/searches/${search.id}`;
});
afterAll(async () => {
  await worker.stop();
  await api.stop();
});

async function all(query: string, limit: number): Promise<CandidateRow[]> {
  const rows: CandidateRow[] = [];
  for (let cursor = ''; ;) {
    const { body } = await api.get<Page<CandidateRow>>(`${at}/candidates?${query}&limit=${limit}${cursor}`);
    rows.push(...body.items);
    if (body.next === undefined || body.next === null) return rows;
    cursor = `&cursor=${body.next}`;
  }
}

test.each(['n', 'rank', 'createdAt', 'quality', 'params', 'decodeMsP50@cpu/torch/fp32/ctx4096'])(
  'pages sorted by %s hold every candidate once, in both orders',
  async (sort) => {
    for (const order of ['asc', 'desc'] as const) {
      const rows = await all(`sort=${encodeURIComponent(sort)}&order=${order}`, 5);
      expect(new Set(rows.map(({ n }) => n)).size).toBe(12);
      expect(rows).toHaveLength(12);
      const values = rows.map(
        (row) => (sort === 'n' ? row.n : sort === 'rank' ? row.rank : row.values[sort]) ?? null,
      );
      const known = values.filter((value) => value !== null);
      expect(known).toEqual([...known].sort((a, b) => (order === 'asc' ? a - b : b - a)));
    }
  },
);

test('filters by state, origin, number, text and front', async () => {
  expect((await all('origin=start,baseline', 50)).map(({ name }) => name)).toEqual([
    'lfm2',
    'transformer-pp',
  ]);
  expect((await all('n=3,5', 50)).map(({ n }) => n)).toEqual([3, 5]);
  expect((await all('q=%233', 50)).map(({ n }) => n)).toEqual([3]);
  expect((await all('q=LFM', 50)).map(({ name }) => name)).toEqual(['lfm2']);
  const [first] = await all('n=0', 1);
  expect((await all(`q=${first?.genomeHash.slice(0, 12) ?? ''}`, 50)).map(({ n }) => n)).toEqual([0]);
  expect(await all('state=failed', 50)).toEqual([]);
  expect((await all('front=true', 50)).every(({ onFront }) => onFront)).toBe(true);
  const wrong = await api.get<ProblemDocument>(`${at}/candidates?state=happy`);
  expect(wrong).toMatchObject({ status: 422, body: { errors: [{ pointer: '/state' }] } });
});

test('a card says first whose weights they are, then every task; an unknown one has none', async () => {
  const [best] = await all('front=true', 1);
  const card = await api.get(`/v1/candidates/${best?.id}/card`);
  expect(card.headers.get('content-type')).toBe('text/markdown; charset=utf-8');
  expect(card.text.split('\n\n')[1]).toMatch(/^\*\*These are the weights of the trial genome/);
  expect(card.text).toContain(`- genome hash (trial): ${best?.trialHash}`);
  expect(card.text).toMatch(/\n\| recall4 \| 10 \| [\d.e-]+ \| – \| [\d.e-]+ \| [\d.e-]+ to [\d.e-]+ \|\n$/);
  const unknown = await api.get(`/v1/candidates/${best?.id.slice(0, -1)}!/card`);
  expect(unknown.status).toBe(404);
});

test('the front of other objectives, and metrics that nobody knows', async () => {
  const one = await api.get<FrontView>(`${at}/front?objectives=quality`);
  expect(one.body.items).toHaveLength(1);
  expect(one.body.items[0]?.values['quality']).toBe(search.best['quality']);
  const two = await api.get<FrontView>(`${at}/front?objectives=quality,params`);
  expect(two.body.objectives.map(({ direction }) => direction)).toEqual(['maximize', 'minimize']);
  expect((await api.get(`${at}/front?objectives=beauty`)).status).toBe(422);
});

test('CSV keeps formulas harmless and JSON lines hold every row', async () => {
  expect(csvCell('=1+1')).toBe("'=1+1");
  expect(csvCell('a "b", c')).toBe('"a ""b"", c"');
  expect(csvCell(-1.5)).toBe('-1.5');
  const csv = (await api.get(`${at}/candidates?format=csv`)).text.trimEnd().split('\r\n');
  expect(csv).toHaveLength(13);
  expect(csv[0]).toContain('quality,quality low,quality high');
  const lines = (await api.get(`${at}/candidates?format=jsonl&sort=quality`)).text.trimEnd().split('\n');
  expect(lines.map((line) => (JSON.parse(line) as CandidateRow).n).sort((a, b) => a - b)).toEqual(
    Array.from({ length: 12 }, (_, n) => n),
  );
});

test('learning curves come with the front first', async () => {
  const { items } = (await api.get<CurveSet>(`${at}/curves`)).body;
  expect(items).toHaveLength(12);
  expect(items[0]?.curve).toEqual([{ fraction: 1, quality: expect.any(Number) as number }]);
});

test('confirming opens the report split for eight finalists at most, with fresh seeds, and writes it down', async () => {
  const rows = await all('sort=n', 50);
  const answer = await api.post<ConfirmAnswer>(`${at}/confirm`, { candidates: [rows[0]?.id] });
  expect(answer).toMatchObject({ status: 202, body: { openings: 1 } });
  const evaluationId = answer.body.items[0]?.evaluationId ?? '';
  const done = await eventually('confirmed', async () =>
    (await all('n=0', 1)).find(({ confirmed }) => confirmed),
  );
  expect(done.evaluationId).not.toBe(evaluationId);
  const row = (await api.get(`/v1/evaluations/${evaluationId}`)).body;
  expect(row).toMatchObject({ split: 'report', replicate: 1000, state: 'finished' });

  const again = await api.post<ConfirmAnswer>(`${at}/confirm`, { candidates: [rows[0]?.id] });
  expect(again.body.openings).toBe(2);
  expect((await api.get(`/v1/evaluations/${again.body.items[0]?.evaluationId ?? ''}`)).body).toMatchObject({
    replicate: 1001,
  });
  expect((await api.get(`/v1/candidates/${done.id}/card`)).text).toMatch(
    /\n- confirmed: quality [\d.e-]+ on the report split, (one|2) fresh seeds?; the tables are of the select split/,
  );
  expect((await api.get(`/v1/candidates/${rows[9]?.id}/card`)).text).toContain('\n- not confirmed: ');
  const eight = rows.slice(1, 9).map(({ id }) => id);
  expect(await api.post(`${at}/confirm`, { candidates: eight })).toMatchObject({
    status: 409,
    body: { code: 'too-many-finalists' },
  });
  const stranger = await api.post<ProblemDocument>(`${at}/confirm`, {
    candidates: [`cand_${'0'.repeat(26)}`],
  });
  expect(stranger.body.errors?.[0]).toMatchObject({ pointer: '/candidates/0', code: 'unknown-candidate' });
});

test('a seed that one search has seen is not fresh for another', async () => {
  const other = await inState(api, (await submitted(api, { start: ['lfm2'] })).id, 'finished');
  const found = await api.get<Page<CandidateRow>>(`/v1/searches/${other.id}/candidates?sort=n&limit=50`);
  const [mine] = await all('q=lfm2', 5);
  const same = found.body.items.find(({ trialHash }) => trialHash === mine?.trialHash);
  const answer = await api.post<ConfirmAnswer>(`/v1/searches/${other.id}/confirm`, {
    candidates: [same?.id],
  });
  const row = await api.get(`/v1/evaluations/${answer.body.items[0]?.evaluationId ?? ''}`);
  expect(row.body).toMatchObject({ split: 'report', replicate: 1002 });
});

/** Events of a stream until it ends by itself or enough came. */
async function streamed(
  path: string,
  headers: Readonly<Record<string, string>>,
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  const leave = new AbortController();
  const answer = await fetch(`${api.url}${path}`, {
    signal: leave.signal,
    headers: { authorization: `Bearer ${api.token('admin')}`, ...headers },
  });
  let text = '';
  for await (const chunk of answer.body as unknown as AsyncIterable<Uint8Array>) {
    text += Buffer.from(chunk).toString();
    if (enough(text)) break;
  }
  leave.abort();
  return text;
}
const idsOf = (text: string): number[] =>
  [...text.matchAll(/^id: (\d+)$/gm)].map((match) => Number(match[1]));

test('the journal streams from any id on without a gap, and tells a browser when there is nothing more', async () => {
  const whole = idsOf(await streamed(`${at}/journal`, {}));
  expect(whole).toEqual(whole.map((_id, index) => index + 1));
  const rest = await streamed(`${at}/journal`, { 'last-event-id': '5' });
  expect(idsOf(rest)).toEqual(whole.slice(5));
  expect(rest).toMatch(/event: admitted\ndata: \{"seq"/);
  expect((await api.get(`${at}/journal`, { 'last-event-id': String(whole.length) })).status).toBe(204);
  const page = await api.get<Page<JournalEvent>>(`${at}/journal?format=json&after=3&limit=2`);
  expect(page.body.items.map(({ seq }) => seq)).toEqual([4, 5]);
});

test('a running search streams what happens, progress ticks without an id included', async () => {
  await worker.stop();
  const slow = await ProtocolWorker.register(api, { name: 'slow' });
  const running = await submitted(api, { name: 'streamed', seed: 11, reuse: false });
  const row = await eventually(
    'a row waits',
    async () => (await api.database.client.work.findFirst({ where: { state: 'queued' } })) ?? undefined,
  );
  await slow.claim({ id: row.id, dispatch: row.dispatch });
  const beating = setInterval(
    () =>
      void slow.send(`/v1/evaluations/${row.id}/heartbeat`, {
        epoch: 1,
        progress: { phase: 'train', step: 3, steps: 16 },
      }),
    200,
  );
  const text = await streamed(`/v1/searches/${running.id}/journal`, {}, (so_far) =>
    so_far.includes('event: progress'),
  );
  clearInterval(beating);
  await slow.stop();
  expect(text).toMatch(
    /event: progress\ndata: \{"type":"progress","candidate":"cand_[^"]+","n":\d+,"phase":"train","step":3/,
  );
  expect(text).toContain('event: evaluation.started');
  expect(
    text
      .split('\n\n')
      .filter((block) => block.startsWith('event: progress'))
      .every((block) => !block.includes('id:')),
  ).toBe(true);
});

test('a process with an open stream stops within seconds', async () => {
  const other = await api.another({ ROLE: 'api' });
  const open = await submitted(api, { name: 'open', seed: 12 });
  const answer = await fetch(`${other.url}/v1/searches/${open.id}/journal`, {
    headers: { authorization: `Bearer ${api.token('admin')}` },
  });
  expect(answer.status).toBe(200);
  const began = Date.now();
  await other.stop();
  expect(Date.now() - began).toBeLessThan(5_000);
  await answer.body?.cancel().catch(() => undefined);
});

test('candidates of one code say what tells them apart, alike in lists, front and on their own', async () => {
  const { client } = api.database;
  const [one, other] = (await all('sort=n&order=asc', 50)).filter(({ onFront }) => !onFront);
  const { genome } = await client.candidate.findUniqueOrThrow({ where: { id: one!.id } });
  const wider = structuredClone(genome) as { backbone: { kind: string; hidden?: number }[] };
  const channel = wider.backbone.find(({ kind }) => kind === 'swiglu')!;
  channel.hidden! += 8;
  await client.candidate.update({ where: { id: other!.id }, data: { genome: wider, code: one!.code } });
  const rows = await all('sort=n&order=asc', 1);
  const said = (n: number): string => rows.find((row) => row.n === n)!.apart!;
  expect(said(one!.n)).toMatch(/^swiglu hidden \d+/);
  expect(said(other!.n)).toMatch(new RegExp(`hidden .*${channel.hidden}`));
  const labels = new Map(rows.map(({ genomeHash, code, apart }) => [genomeHash, `${code} ${apart ?? ''}`]));
  expect(new Set(labels.values()).size).toBe(labels.size);
  const alone = await api.get<CandidateRow>(`/v1/candidates/${other!.id}`);
  expect(alone.body.apart).toBe(said(other!.n));
});

test('retention removes what is old and keeps what a front, a dataset or open work needs', async () => {
  const { client } = api.database;
  const old = new Date(Date.now() - 40 * 24 * 3_600_000);
  await client.artifact.create({ data: { sha256: 'f'.repeat(64), bytes: 5n, createdAt: old } });
  await client.artifact.updateMany({ where: { sha256: ARTIFACT }, data: { createdAt: old } });
  expect(await api.application.get(Retention).round()).toBe(1);
  expect(await client.artifact.findUnique({ where: { sha256: 'f'.repeat(64) } })).toMatchObject({
    removedAt: expect.any(Date) as Date,
  });
  expect((await api.get(`/v1/artifacts/${ARTIFACT}`)).status).toBe(200);
});
