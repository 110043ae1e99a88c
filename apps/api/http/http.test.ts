import { execFileSync, spawnSync } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { request as rawRequest } from 'node:http';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Reflector, ModulesContainer } from '@nestjs/core';
import type {
  DatasetView,
  Page,
  ProblemDocument,
  SearchDetail,
  SessionLink,
  TokenCreated,
  TokenView,
} from '@asterism/contracts';
import { ARTIFACT_STORE, type ArtifactStore } from '../artifacts/artifact-store';
import { storeRefusal } from '../artifacts/artifacts.service';
import { checkout } from '../config/checkout';
import { TestApi, eventually, type Answer } from '../testing/api';
import { aSpec, submitted } from '../testing/searches';
import { registration } from '../testing/worker';
import { depthOf } from './body';
import { readCursor, writeCursor } from './cursor';
import { openApi } from './openapi';
import { SCOPE, type RouteScope } from './route';

jest.setTimeout(60_000);

let api: TestApi;
beforeAll(async () => {
  api = await TestApi.start();
});
afterAll(() => api.stop());

interface Walked {
  readonly method: string;
  readonly path: string;
  readonly scope: RouteScope | undefined;
}

/** Every handler of every controller, found in the running application and not in a list of ours. */
function routes(): Walked[] {
  const reflector = api.application.get(Reflector);
  const verbs = ['GET', 'POST', 'PUT', 'DELETE'];
  return [...api.application.get(ModulesContainer).values()].flatMap((module) =>
    [...module.controllers.values()].flatMap(({ metatype }) => {
      const prefix = Reflect.getMetadata('path', metatype as object) as string;
      const names = Object.getOwnPropertyNames(metatype!.prototype as object).filter(
        (name) => name !== 'constructor',
      );
      const handlers = names
        .map((name) => (metatype!.prototype as Record<string, unknown>)[name])
        .filter((value) => typeof value === 'function');
      return handlers.flatMap((handler) => {
        const path = Reflect.getMetadata('path', handler) as string | undefined;
        if (path === undefined) return [];
        const method = verbs[Reflect.getMetadata('method', handler) as number] ?? 'GET';
        return [
          {
            method,
            path: `/${prefix}/${path}`.replace(/\/+/g, '/').replace(/(.)\/$/, '$1'),
            scope: reflector.get<RouteScope | undefined>(SCOPE, handler),
          },
        ];
      });
    }),
  );
}

const unsigned = (method: string, path: string, token?: string): Promise<Answer> =>
  api.call(method, path.replaceAll(/:\w+/g, 'x'), method === 'GET' ? undefined : {}, {
    authorization: token === undefined ? '' : `Bearer ${token}`,
  });

test('every route names its scope; only three answer without a token', async () => {
  const all = routes();
  expect(all.length).toBeGreaterThan(45);
  expect(all.filter(({ scope }) => scope === undefined)).toEqual([]);
  expect(
    all
      .filter(({ scope }) => scope === 'public')
      .map(({ path }) => path)
      .sort(),
  ).toEqual(['/openapi.json', '/v1/health', '/v1/session']);
  for (const { method, path, scope } of all.filter((route) => route.scope !== 'public')) {
    expect([method, path, (await unsigned(method, path)).status]).toEqual([method, path, 401]);
    const withWorker = (await unsigned(method, path, api.token('worker'))).status;
    if (scope === 'admin') expect([method, path, withWorker]).toEqual([method, path, 403]);
    else expect([method, path, withWorker === 401 || withWorker === 403]).toEqual([method, path, false]);
  }
});

test('the committed OpenAPI document is what the routes say, and is OpenAPI 3.1', () => {
  const committed = join(checkout, 'apps', 'api', 'openapi.json');
  expect(JSON.parse(readFileSync(committed, 'utf8'))).toEqual(
    JSON.parse(JSON.stringify(openApi(api.application))),
  );
  const validate = (file: string) =>
    spawnSync(process.execPath, [join(checkout, 'scripts', 'openapi.mjs'), '--validate', file], {
      encoding: 'utf8',
    });
  expect(validate(committed).status).toBe(0);
  const broken = join(api.environment.state, 'broken.json');
  writeFileSync(broken, readFileSync(committed, 'utf8').replace('"operationId"', '"operation"'));
  expect(validate(broken).status).toBe(1);
});

test('every refusal is problem+json, a missing page and a bug included', async () => {
  for (const answer of [
    await api.get('/v1/nothing'),
    await api.get('/v1/searches/srch_0'),
    await api.get('/nowhere'),
  ]) {
    expect(answer.headers.get('content-type')).toContain('application/problem+json');
    expect(answer.body).toMatchObject({ status: 404, code: 'not-found' });
  }
});

test('the body: too large, too deep, no JSON, an unknown key, a number that is none', async () => {
  const large = await api.post('/v1/searches', `{"name":"${'x'.repeat(1_000_001)}"}`);
  expect(large).toMatchObject({ status: 413, body: { code: 'body-too-large' } });
  const deep = await api.post('/v1/searches', `${'['.repeat(20_000)}${']'.repeat(20_000)}`);
  expect(deep).toMatchObject({ status: 400, body: { code: 'too-deep' } });
  const broken = await api.post('/v1/searches', '{"name": NaN}');
  expect(broken).toMatchObject({ status: 400, body: { code: 'not-json' } });
  const unknown = await api.post<ProblemDocument>('/v1/searches', aSpec({ colour: 'blue' }));
  expect(unknown.status).toBe(422);
  expect(unknown.body.errors).toEqual([expect.objectContaining({ pointer: '/colour', code: 'unknown-key' })]);
  const infinite = await api.post<ProblemDocument>(
    '/v1/searches',
    JSON.stringify(aSpec()).replace('"width":64', '"width":1e999'),
  );
  expect(infinite.body.errors?.[0]?.pointer).toMatch(/^\/deployment/);
  const worker = await api.post<ProblemDocument>('/v1/workers', { ...registration(), surprise: 1 });
  expect(worker.body.errors).toEqual([
    expect.objectContaining({ pointer: '/surprise', code: 'unknown-key' }),
  ]);
});

test('a body of 100 MB is refused at once and the server lives on', async () => {
  const status = await new Promise<number>((done) => {
    const request = rawRequest(`${api.url}/v1/searches`, {
      method: 'POST',
      headers: { authorization: `Bearer ${api.token('admin')}`, 'content-length': 100_000_000 },
    });
    request.on('response', (response) => done(response.statusCode ?? 0));
    request.on('error', () => done(413));
    request.write(Buffer.alloc(64_000, 32));
  });
  expect(status).toBe(413);
  expect((await api.get('/v1/health')).status).toBe(200);
});

test('bad genomes come back with pointers: an unknown knob, indivisible heads, a sharing loop, 10^9 layers, no such target', async () => {
  const genome = (entry: unknown, more: object = {}): object => ({
    format: 1,
    size: { width: 64, vocab: 512, ...more },
    backbone: [entry],
  });
  const attention = { kind: 'attention', heads: 4, headDim: 16 };
  const refused = async (value: object): Promise<string[]> => {
    const answer = await api.post<ProblemDocument>('/v1/evaluations', { genome: value, tier: 'tiny' });
    expect(answer.status).toBe(422);
    return (answer.body.errors ?? []).map(({ pointer }) => pointer);
  };
  expect(await refused(genome({ ...attention, colour: 1 }))).toContain('/genome/backbone/0/colour');
  expect(await refused(genome({ ...attention, kvHeads: 3 }))).toContain('/genome/backbone/0/kvHeads');
  expect(await refused(genome(attention, { repeats: 1_000_000_000 }))).toContain('/genome/size/repeats');
  expect(
    (await refused(genome({ ...attention, share: { values: { group: 1, of: ['k', 'q'] } } })))[0],
  ).toMatch(/^\/genome\/backbone\/0\/share/);
  const objective = await api.post<ProblemDocument>(
    '/v1/searches',
    aSpec({ objectives: [{ minimize: 'decodeMsP50@phone/exec/int4/ctx4096' }] }),
  );
  expect(objective.body.errors).toEqual([
    expect.objectContaining({ pointer: '/objectives/0', code: 'unknown-target' }),
  ]);
  const dataset = await api.post<ProblemDocument>(
    '/v1/searches',
    aSpec({ trial: { tier: 'tiny', datasets: ['vanished'] } }),
  );
  expect(dataset.body.errors).toEqual([
    expect.objectContaining({ pointer: '/trial/datasets/0', code: 'unknown-dataset' }),
  ]);
});

test('the same Idempotency-Key gives the first answer, with another body 422, at the same time too', async () => {
  const headers = { 'idempotency-key': 'key-1' };
  const spec = aSpec({ name: 'once' });
  const answers = await Promise.all(
    Array.from({ length: 5 }, () => api.post<SearchDetail>('/v1/searches', spec, headers)),
  );
  expect(new Set(answers.map(({ body }) => body.id)).size).toBe(1);
  expect((await api.post('/v1/searches', { ...spec, seed: 9 }, headers)).status).toBe(422);
  const { body } = await api.get<Page<SearchDetail>>('/v1/searches');
  expect(body.items.filter(({ name }) => name === 'once')).toHaveLength(1);
  const refused = await api.post('/v1/searches', aSpec({ colour: 1 }), { 'idempotency-key': 'key-2' });
  expect(refused.status).toBe(422);
  expect((await api.post('/v1/searches', spec, { 'idempotency-key': 'key-2' })).status).toBe(201);
});

test('pause and cancel follow the table of states, and If-Match guards them', async () => {
  const { id } = await submitted(api);
  const at = `/v1/searches/${id}`;
  const read = await eventually('waiting told', async () => {
    const answer = await api.get<SearchDetail>(at);
    return answer.body.waitingFor !== undefined && answer;
  });
  expect((await api.post(`${at}/pause`, {}, { 'if-match': '"0-0"' })).status).toBe(412);
  expect(
    (await api.post<SearchDetail>(`${at}/pause`, {}, { 'if-match': read.headers.get('etag') ?? '' })).body
      .state,
  ).toBe('paused');
  expect((await api.post<SearchDetail>(`${at}/resume`)).body.state).toBe('waiting');
  const cancelled = await api.post(`${at}/cancel`);
  expect(cancelled.status).toBe(202);
  expect(cancelled.headers.get('location')).toBe(at);
  await eventually('cancelled', async () => (await api.get<SearchDetail>(at)).body.state === 'cancelled');
  expect(await api.post(`${at}/pause`)).toMatchObject({ status: 409, body: { code: 'illegal-move' } });
  const ended = await api.get(at);
  expect((await api.get(at, { 'if-none-match': ended.headers.get('etag') ?? '' })).status).toBe(304);
});

/** fetch would not let a test say a foreign host. */
const withHost = (host: string, origin?: string): Promise<number> =>
  new Promise((done, fail) => {
    const headers = {
      host,
      authorization: `Bearer ${api.token('admin')}`,
      ...(origin === undefined ? {} : { origin }),
    };
    rawRequest(`${api.url}/v1/searches`, { headers }, (response) => {
      response.resume();
      done(response.statusCode ?? 0);
    })
      .on('error', fail)
      .end();
  });

test('foreign Host and Origin headers are refused on every method, literal addresses are fine', async () => {
  expect(await withHost('evil.example')).toBe(421);
  expect(await withHost('127.0.0.1:7700', 'http://evil.example')).toBe(403);
  expect(await withHost('localhost:7700', 'http://localhost:7700')).toBe(200);
  expect(await withHost('[::1]:7700')).toBe(200);
  for (const method of ['POST', 'PUT', 'DELETE']) {
    expect((await api.call(method, '/v1/searches', {}, { origin: 'http://evil.example' })).status).toBe(403);
  }
  const { headers } = await api.get('/v1/health');
  expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
});

test('a sign-in link works once and gives a cookie that no script can read', async () => {
  const { body } = await api.post<SessionLink>('/v1/session/links');
  const first = await fetch(body.url, { redirect: 'manual' });
  expect(first.status).toBe(303);
  const cookie = first.headers.get('set-cookie') ?? '';
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict; Path=\//);
  expect((await fetch(body.url, { redirect: 'manual' })).status).toBe(403);
  const signedIn = await fetch(`${api.url}/v1/searches`, { headers: { cookie: cookie.split(';')[0]! } });
  expect(signedIn.status).toBe(200);
});

test('a token is shown once, stored as a hash, and dead when it is revoked', async () => {
  const { body } = await api.post<TokenCreated>('/v1/tokens', { name: 'mine', scope: 'admin' });
  const authorization = `Bearer ${body.token}`;
  expect((await api.get('/v1/searches', { authorization })).status).toBe(200);
  const list = await api.get<Page<TokenView>>('/v1/tokens');
  expect(list.text).not.toContain(body.token);
  const stored = await api.database.client.token.findUniqueOrThrow({ where: { id: body.id } });
  expect(stored.hash).toBe(createHash('sha256').update(body.token).digest('hex'));
  await api.call('DELETE', `/v1/tokens/${body.id}`);
  expect((await api.get('/v1/searches', { authorization })).status).toBe(401);
  expect((await api.get('/v1/searches', { authorization: `${authorization}x` })).status).toBe(401);
  expect(statSync(join(api.environment.state, 'tokens', 'admin')).mode & 0o777).toBe(0o600);
});

test('artifacts come back byte for byte; other bytes under a hash are refused and not kept', async () => {
  const bytes = randomBytes(3_000_000);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const put = (name: string, body: Buffer): Promise<Response> =>
    fetch(`${api.url}/v1/artifacts/${name}`, {
      method: 'PUT',
      body: new Uint8Array(body),
      headers: { authorization: `Bearer ${api.token('worker')}` },
    });
  expect((await put('0'.repeat(64), bytes)).status).toBe(422);
  expect((await api.get(`/v1/artifacts/${'0'.repeat(64)}`)).status).toBe(404);
  expect(await (await put(sha256, bytes)).json()).toEqual({ sha256, bytes: bytes.length });
  const back = await fetch(`${api.url}/v1/artifacts/${sha256}`, {
    headers: { authorization: `Bearer ${api.token('worker')}` },
  });
  expect(Buffer.from(await back.arrayBuffer()).equals(bytes)).toBe(true);
  expect((await put('..%2F..%2Fetc%2Fpasswd', bytes)).status).toBe(400);
});

test('a full disk is a problem with a remedy, and what was stored stays', async () => {
  // The kernel's own limit on file size stands for the full disk: the same error path, EFBIG in place of ENOSPC.
  const script = `
    const { FolderStore } = require(${JSON.stringify(join(checkout, 'apps', 'api', 'artifacts', 'folder-store.ts'))});
    process.on('SIGXFSZ', () => undefined);
    new FolderStore(process.argv[1]).put('0'.repeat(64), require('node:stream').Readable.from([Buffer.alloc(4_000_000)]))
      .then((answer) => console.log(JSON.stringify(answer)));`;
  const limited = `ulimit -f 1000; exec "$0" --import tsx -e "$1" "$2"`;
  const out = execFileSync(
    'bash',
    ['-c', limited, process.execPath, script, join(api.environment.state, 'full')],
    { cwd: checkout, encoding: 'utf8' },
  );
  expect(JSON.parse(out)).toEqual({ ok: false, reason: 'disk-full' });

  expect(storeRefusal('0'.repeat(64), { reason: 'disk-full' }).document()).toMatchObject({
    status: 507,
    code: 'disk-full',
  });
});

async function upload(lines: readonly string[]): Promise<string> {
  const bytes = Buffer.from(lines.join('\n'));
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await api.application.get<ArtifactStore>(ARTIFACT_STORE).put(sha256, Readable.from([bytes]));
  return sha256;
}

test('a dataset is registered by the hash of its documents; its name stands for those bytes for ever', async () => {
  const documents = ['a', 'b', 'c'].map((name) => JSON.stringify({ name, text: `text of ${name}` }));
  const sha256 = await upload(documents);
  const added = await api.post<DatasetView>('/v1/datasets', { name: 'letters', kind: 'text', sha256 });
  expect(added).toMatchObject({ status: 201, body: { documents: 3, sha256 } });
  const other = await upload([...documents, '{"name":"d","text":"more"}']);
  expect((await api.post('/v1/datasets', { name: 'letters', kind: 'text', sha256: other })).status).toBe(409);
  expect(
    (await api.post('/v1/datasets', { name: 'numbers', kind: 'text', sha256: '2'.repeat(64) })).body,
  ).toMatchObject({ code: 'invalid' });
  const broken = await upload(['no document', ...documents]);
  expect((await api.post('/v1/datasets', { name: 'broken', kind: 'text', sha256: broken })).status).toBe(422);
});

test('a dataset with a tokenizer is registered, and refused where trials read bytes', async () => {
  const header = { tokenizer: { model: { type: 'BPE' } }, sha256: 'f'.repeat(64), tokens: 400 };
  const documents = ['a', 'b', 'c'].map((name) =>
    JSON.stringify({ name, ids: 'AAAAAA==', bytes: 'AQAAAA==' }),
  );
  const sha256 = await upload([JSON.stringify(header), ...documents]);
  const added = await api.post<DatasetView>('/v1/datasets', { name: 'tokenized', kind: 'tokens', sha256 });
  expect(added.body).toMatchObject({ kind: 'tokens', documents: 3 });
  const headless = await upload(documents);
  const refused = await api.post('/v1/datasets', { name: 'headless', kind: 'tokens', sha256: headless });
  expect(refused.status).toBe(422);
  const search = await api.post<ProblemDocument>(
    '/v1/searches',
    aSpec({ trial: { tier: 'tiny', datasets: ['probes', 'tokenized'] } }),
  );
  const genome = { format: 1, size: { width: 64, vocab: 512 }, backbone: [{ kind: 'gated-conv' }] };
  const evaluation = await api.post<ProblemDocument>('/v1/evaluations', {
    genome,
    tier: 'tiny',
    datasets: ['tokenized'],
  });
  for (const [{ body }, pointer] of [
    [search, '/trial/datasets/1'],
    [evaluation, '/datasets/0'],
  ] as const)
    expect(body.errors).toEqual([expect.objectContaining({ pointer, code: 'tokens-in-trial' })]);
});

test('examples are registered line by line, and refused where a tier has too few of them', async () => {
  const header = '{"dataset":"pairs","format":1}';
  const pairs = (count: number, answer = 'yes'): string[] =>
    Array.from({ length: count }, (_, n) => JSON.stringify({ prompt: `question ${n}?`, answer }));
  const register = async (name: string, lines: readonly string[]): Promise<Answer<ProblemDocument>> =>
    api.post<ProblemDocument>('/v1/datasets', { name, kind: 'pairs', sha256: await upload(lines) });
  const added = await register('qa', [header, ...pairs(150), ...pairs(10)]);
  expect(added).toMatchObject({ status: 201, body: { kind: 'pairs', documents: 150 } });
  for (const [lines, code, message] of [
    [pairs(150), 'not-examples', /^line 1: no header/],
    [[header, ...pairs(3), '{"prompt":"a"}'], 'not-examples', /^line 5, \/answer: /],
    [[header, ...pairs(12)], 'too-few-examples', /^12 of 12 pairs fit rows of 32 tokens/],
  ] as const) {
    const refused = await register('not-qa', lines);
    expect(refused.status).toBe(422);
    expect(refused.body.errors).toEqual([
      expect.objectContaining({ code, message: expect.stringMatching(message) as string }),
    ]);
  }
  await register('long-qa', [header, ...pairs(150, 'y'.repeat(90))]);
  const trial = (name: string) => ({ tier: 'tiny', datasets: ['probes', name] });
  const objectives = (metric: string) => [{ maximize: metric }, { minimize: 'params' }];
  const refusals = async (name: string, metric: string): Promise<unknown> => {
    const spec = aSpec({ trial: trial(name), objectives: objectives(metric) });
    return (await api.post<ProblemDocument>('/v1/searches', spec)).body.errors;
  };
  expect(await refusals('long-qa', 'tasks.pairs:long-qa')).toMatchObject([
    { pointer: '/trial/datasets/1', code: 'too-few-examples' },
  ]);
  expect(await refusals('qa', 'tasks.pairs:other')).toMatchObject([
    {
      pointer: '/objectives/0',
      code: 'unknown-score',
      allowed: expect.stringMatching(/^tasks\.pairs:qa, /) as string,
    },
  ]);
  expect(await refusals('qa', 'qualityWeighted')).toMatchObject([
    { pointer: '/objectives/0', code: 'no-weights', allowed: 'quality' },
  ]);
  const spec = aSpec({ trial: trial('qa'), objectives: objectives('tasks.pairs:qa') });
  expect((await api.post('/v1/searches', spec)).status).toBe(201);
});

test('pages of searches follow each other without a gap while new ones appear', async () => {
  for (let at = 0; at < 5; at += 1) await submitted(api, { name: `page ${at}` });
  const first = await api.get<Page<SearchDetail>>('/v1/searches?limit=2');
  expect(first.headers.get('link')).toMatch(/rel="next"/);
  await submitted(api, { name: 'page new' });
  const second = await api.get<Page<SearchDetail>>(`/v1/searches?limit=2&cursor=${first.body.next ?? ''}`);
  expect([...first.body.items, ...second.body.items].map(({ name }) => name)).toEqual([
    'page 4',
    'page 3',
    'page 2',
    'page 1',
  ]);
  expect((await api.get('/v1/searches?cursor=nonsense')).status).toBe(400);
  expect((await api.get('/v1/searches?page=2')).status).toBe(422);
});

test('cursors and depths', () => {
  expect(readCursor(writeCursor({ value: 0.1, id: '7' }))).toEqual({ value: 0.1, id: '7' });
  expect(depthOf('{"a":["[[[[",{"b":"\\"["}]}')).toBe(3);
});
