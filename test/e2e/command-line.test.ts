import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type {
  CandidateDetail,
  ConfirmAnswer,
  DatasetView,
  EffectiveContext,
  Evaluation,
  FrontView,
  ScoreBoard,
  ScoreSheet,
  SearchDetail,
  SearchSummary,
} from '@asterism/contracts';
import type { ToldContext } from '@asterism/scores';
import { Installation } from '../installation';
import { assertWhole, ended, outcomeOf, specOf } from '../search-outcome';

const root = resolve(__dirname, '..', '..');
const venv = process.env['ASTERISM_VENV'] ?? join(root, '.asterism', 'venv');
const folder = mkdtempSync(join(tmpdir(), 'asterism-take-home-'));
const BUDGET = 12;

/** What `evaluate --harness --out` writes. */
interface Harness {
  readonly tokenizer: string;
  readonly scores: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

let installation: Installation;
let search: SearchDetail;

function run(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<Run> {
  const options = { cwd: folder, env: { ...process.env, ...env }, maxBuffer: 64_000_000 };
  return new Promise((done) => {
    execFile(command, args, options, (error, out, err) =>
      done({ code: typeof error?.code === 'number' ? error.code : error === null ? 0 : 1, out, err }),
    );
  });
}

function asterism(...args: string[]): Promise<Run> {
  const env = { ASTERISM_URL: installation.url, ASTERISM_TOKEN: installation.token() };
  return run(process.execPath, [join(root, 'apps', 'cli', 'bin', 'asterism.js'), ...args], env);
}

async function json<T>(...args: string[]): Promise<T> {
  const { code, out, err } = await asterism(...args, '--json');
  if (code !== 0) throw new Error(`asterism ${args.join(' ')}: ${err}`);
  return JSON.parse(out) as T;
}

async function evaluated(id: string): Promise<void> {
  for (;;) {
    const { outcome } = await json<Evaluation>('show', id);
    if (outcome !== undefined) return;
    await new Promise((done) => setTimeout(done, 500));
  }
}

beforeAll(async () => {
  installation = await Installation.start({ workers: 2, leaseMs: 20_000, heartbeatMs: 1000 });
  writeFileSync(join(folder, 'tiny.json'), JSON.stringify(specOf('tiny')));
  const forecast = await json<{ ok: boolean; feasibleShare: number }>('submit', '--dry-run', 'tiny.json');
  expect(forecast.feasibleShare).toBeGreaterThan(0);
  search = await json<SearchDetail>('submit', 'tiny.json');
  await ended(installation, search.id, 240_000);
}, 300_000);

afterAll(() => installation.stop(), 60_000);

test('a search submitted from a file ends whole, and every front point is real', async () => {
  assertWhole(await outcomeOf(installation, search.id), BUDGET);
  const front = await json<FrontView>('front');
  expect(front.search).toBe(search.id);
  expect(front.items.length).toBeGreaterThan(0);
  for (const { id } of front.items) {
    const candidate = await json<CandidateDetail>('show', id);
    const outcome = candidate.evaluations[0]?.outcome;
    if (outcome?.status !== 'scored') throw new Error(`${id} is not scored`);
    expect(outcome.tasks.filter((task) => task.error !== undefined)).toEqual([]);
    const checkpoint = await installation.request('GET', `/v1/artifacts/${outcome.artifacts.checkpoint}`);
    expect(checkpoint.ok).toBe(true);
  }
}, 60_000);

test('the journal streams to its end, as one JSON event per line', async () => {
  const { code, out } = await asterism('watch', search.id, '--json');
  expect(code).toBe(0);
  const events = out
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { type: string; seq: number });
  expect(events.map((event) => event.seq)).toEqual(events.map((_, at) => (events[0]?.seq ?? 0) + at));
  expect(events.filter((event) => event.type === 'admitted')).toHaveLength(BUDGET);
}, 60_000);

test('a bundle replays without the service, and a changed one is refused', async () => {
  expect((await asterism('bundle', search.id, 'tiny.tar.gz')).code).toBe(0);
  const env = { ASTERISM_URL: 'http://127.0.0.1:9', ASTERISM_TOKEN: 'none' };
  const cli = join(root, 'apps', 'cli', 'bin', 'asterism.js');
  const replayed = await run(process.execPath, [cli, 'replay', 'tiny.tar.gz', '--json'], env);
  expect(replayed).toMatchObject({ code: 0 });
  const { logHash } = await outcomeOf(installation, search.id);
  expect(JSON.parse(replayed.out)).toMatchObject({ ok: true, hash: logHash });
  const changed =
    'mkdir x && tar -xzf tiny.tar.gz -C x && sed -i s/tiny/tinz/ x/log.ndjson && tar -czf y.tar.gz -C x .';
  expect((await run('sh', ['-c', changed])).code).toBe(0);
  const refused = await run(process.execPath, [cli, 'replay', 'y.tar.gz'], env);
  expect(refused.code).toBe(1);
  expect(refused.err).toMatch(/was changed: log\.ndjson/);
}, 60_000);

test('a front point is pulled, loads in Python, and generates', async () => {
  const [first] = (await json<FrontView>('front')).items;
  expect((await asterism('pull', first?.id ?? '', 'model')).code).toBe(0);
  expect(readFileSync(join(folder, 'model', 'card.md'), 'utf8')).toMatch(/weights of the trial genome/);
  expect(readFileSync(join(folder, 'model', 'environment.txt'), 'utf8')).toMatch(/^torch==/m);
  const script =
    "import asterism, torch; m = asterism.load('model'); print(m.generate(torch.ones(1, 4, dtype=torch.long), 3).shape)";
  const { code, out, err } = await run(join(venv, 'bin', 'python'), ['-c', script], { OMP_NUM_THREADS: '1' });
  expect({ code, err }).toMatchObject({ code: 0 });
  expect(out).toMatch(/torch\.Size/);
}, 60_000);

test('the example notebook runs on the finished search', async () => {
  const env = {
    ASTERISM_URL: installation.url,
    ASTERISM_TOKEN: installation.token(),
    ASTERISM_SEARCH: search.id,
  };
  const args = [
    '-m',
    'pytest',
    '-p',
    'no:cacheprovider',
    'workers/tests/test_notebook.py',
    '-k',
    'real_service',
  ];
  const { code, out } = await run(
    'sh',
    ['-c', `cd "${root}" && "${join(venv, 'bin', 'python')}" ${args.join(' ')}`],
    env,
  );
  expect(`${code} ${out}`).toMatch(/^0 [\s\S]*1 passed/);
}, 120_000);

test('genomes are evaluated and compared over paired seeds, and what their training printed is kept', async () => {
  const list = await json<SearchSummary[]>('list');
  expect(list.map(({ id, state }) => [id, state])).toEqual([[search.id, 'finished']]);
  const one = await json<Evaluation>('evaluate', 'nano-cq', '--tier', 'tiny');
  if (one.outcome?.status !== 'scored') throw new Error(one.state);
  const { text } = await json<{ text: string }>('logs', one.id);
  expect(text).not.toBe('');
  const two = await json<ScoreSheet>('compare', 'nano-cq', 'nano-cc', '--tier', 'tiny', '--seeds', '2');
  const [difference] = two.differences;
  expect(difference).toMatchObject({ pairs: 2, items: 'rows', seeds: { quality: 'pairs', tasks: 'pairs' } });
  // Replicate 0 was trained a moment ago and is not trained again.
  expect(two.items[0]?.evaluations[0]).toMatchObject({ id: one.id, quality: one.outcome.quality.value });
  for (const gap of [difference?.quality, ...(difference?.tasks ?? [])]) {
    expect(gap?.low).toBeLessThanOrEqual(gap?.difference ?? NaN);
    expect(gap?.difference).toBeLessThanOrEqual(gap?.high ?? NaN);
  }
}, 90_000);

test('a training to one rung goes on to more, with the scores it had', async () => {
  const words = ['evaluate', 'nano-cq', '--tier', 'tiny', '--replicate', '7', '--rungs'];
  const rungs = async (fractions: string) => {
    const { id, outcome } = await json<Evaluation>(...words, fractions);
    if (outcome?.status !== 'scored') throw new Error(JSON.stringify(outcome));
    return { ...outcome, log: (await json<{ text: string }>('logs', id)).text };
  };
  const half = await rungs('.5');
  const whole = await rungs('.5,1');
  expect(half.artifacts.trunk).toMatch(/^[0-9a-f]{64}$/);
  expect(whole.log).toContain('going on from step 9');
  expect(whole.rungs?.map(({ fraction, tokens, branchTokens }) => [fraction, tokens, branchTokens])).toEqual([
    [0.5, 8192, 1024],
    [1, 16384, 2048],
  ]);
  expect(whole.rungs?.[0]?.quality).toEqual(half.quality);
  expect(whole.quality).toEqual(whole.rungs?.[1]?.quality);
}, 90_000);

test('candidates are shown, mapped over tasks, and compared up to five, in plain characters', async () => {
  const board = await json<ScoreBoard>('tasks', '--search', search.id, '--top', '6');
  expect(board.items).toHaveLength(6);
  const [best] = board.items;
  expect(board.items.every(({ quality }) => quality.value <= (best?.quality.value ?? NaN))).toBe(true);
  for (const row of board.items) expect(row.score.every((score) => score !== null)).toBe(true);
  const map = (await asterism('tasks', '--top', '6')).out;
  for (const { id, family } of board.tasks) expect(map).toMatch(new RegExp(`^${family}$[^]*^  ${id} `, 'm'));
  expect((await asterism('tasks', '--csv')).out.split('\n')).toHaveLength(board.tasks.length + 2);

  const shown = (await asterism('show', best?.id ?? '')).out;
  for (const family of board.families) expect(shown).toMatch(new RegExp(`^${family} .* to .*\\|`, 'm'));
  expect(shown).toMatch(/^quality .* over test items, 1 seed/m);
  expect(shown).not.toMatch(/^task /m);
  const whole = (await asterism('show', best?.evaluationId ?? '', '--tasks')).out;
  for (const { id } of board.tasks) expect(whole).toMatch(new RegExp(`^${id.replace('+', '\\+')} `, 'm'));

  const five = board.items.slice(0, 5).map(({ id }) => id);
  const { differences } = await json<ScoreSheet>('compare', ...five);
  expect(differences).toHaveLength(10);
  expect(differences.every(({ items }) => items === 'rows')).toBe(true);
  const { code, out } = await asterism('compare', ...five.slice(0, 3));
  expect(code).toBe(0);
  expect(out.match(/ against .*: cannot tell \(quality difference/g)).toHaveLength(3);
  expect(`${map}${shown}${whole}${out}`).not.toMatch(/[█▓▒░│]/);
  expect(await asterism('compare', ...board.items.map(({ id }) => id))).toMatchObject({
    code: 1,
    err: 'error: 6 to compare; name at most 5\n',
  });
  const asked = ['--suite', 'nano-2', '--lengths', '128,256', '--rows', '2'];
  const curve = await json<EffectiveContext & { readonly told: ToldContext }>(
    'context',
    five[0] ?? '',
    ...asked,
  );
  expect(curve.points.map(({ length }) => length)).toEqual([128, 256]);
  expect(curve.points[0]?.tasks).toEqual(curve.points[1]?.tasks);
  expect(curve.told.absolute).toBe(curve.absolute);
  expect(curve.told.relative).toBeLessThanOrEqual(curve.relative);
  const words = (await asterism('context', five[0] ?? '', ...asked)).out;
  expect(words).toMatch(/^effective context .* the threshold of RULER/);
  expect(words).toMatch(/^length +accuracy +95 % interval +chance +tasks/m);

  const report = await json<ConfirmAnswer>('confirm', five[0] ?? '');
  await evaluated(report.items[0]?.evaluationId ?? '');
  const apart = await asterism('compare', five[0] ?? '', report.items[0]?.evaluationId ?? '');
  expect(apart).toMatchObject({ code: 1 });
  expect(apart.err).toMatch(/scores are not comparable: .* has split select, .* has split report/);
}, 150_000);

test('a candidate is scored through the harness, and what is not on disk is named', async () => {
  const { items } = await json<FrontView>('front');
  const words = [
    'evaluate',
    items[0]?.id ?? '',
    '--harness',
    'probes,sciq',
    '--limit',
    '2',
    '--out',
    'scores.json',
  ];
  const { code, out } = await asterism(...words);
  expect(code).toBe(1);
  expect(out).toMatch(/not run: sciq: needs allenai\/sciq, not on this disk: hf download allenai\/sciq/);
  const whole = JSON.parse(readFileSync(join(folder, 'scores.json'), 'utf8')) as Harness;
  expect(whole.tokenizer).toBe('bytes');
  expect(Object.keys(whole.scores).length).toBeGreaterThanOrEqual(30);
  for (const { perplexity } of Object.values(whole.scores)) expect(perplexity).toBeGreaterThanOrEqual(1);
}, 120_000);

test('text is registered in the tokens of a tokenizer from disk', async () => {
  const letters = [...'abcdefghijklmnopqrstuvwxyz .'].map((letter, id) => [letter, id]);
  const vocab = { ...(Object.fromEntries(letters) as Record<string, number>), the: 28 };
  const model = { type: 'BPE', vocab: { ...vocab, th: 29 }, merges: ['t h', 'th e'] };
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify({ version: '1.0', added_tokens: [], model }));
  const lines = ['one', 'two', 'three'].map((name) =>
    JSON.stringify({ name, text: `the ${name} and the other.` }),
  );
  writeFileSync(join(folder, 'notes.jsonl'), lines.join('\n'));
  const words = ['dataset', 'add', 'notes.jsonl', '--name', 'notes-bpe', '--tokenizer', 'tokenizer.json'];
  const added = await json<DatasetView>(...words);
  expect(added).toMatchObject({ kind: 'tokens', documents: 3 });
  const missing = await asterism('dataset', 'add', 'notes.jsonl', '--tokenizer', 'nowhere.json');
  expect(missing).toMatchObject({
    code: 1,
    err: 'error: cannot read nowhere.json; give a tokenizer.json, or its folder\n',
  });
}, 60_000);

test('packages that cannot be had are named, and nothing is registered', async () => {
  expect(await asterism('dataset', 'install', 'novels')).toMatchObject({
    code: 1,
    err: 'error: no dataset is installed as novels; allowed: docs\n',
  });
  const absent = await asterism('dataset', 'install', 'docs', '--packages', 'no-such-docs-here');
  expect(absent.code).toBe(1);
  expect(absent.err).toContain('sudo apt-get install no-such-docs-here');
  expect(absent.err).toMatch(/error: nothing was registered; see the line above\n$/);
  const names = (await json<DatasetView[]>('dataset', 'list')).map(({ name }) => name);
  expect(names).not.toContain('docs');
}, 60_000);

const fetches = process.env['ASTERISM_FULL'] ? test : test.skip;

fetches(
  'a package of documentation is fetched and registered with its version',
  async () => {
    const words = ['dataset', 'install', 'docs', '--packages', 'debian-faq'];
    const [added] = await json<DatasetView[]>(...words, '--name', 'faq');
    expect(added).toMatchObject({
      name: 'faq',
      kind: 'text',
      source: expect.stringMatching(/^Debian packages debian-faq \d/) as string,
    });
    expect(await json<DatasetView[]>(...words, '--name', 'faq')).toEqual([added]);
    expect(await json<DatasetView[]>('dataset', 'list')).toContainEqual(added);
    const other = await asterism(...words.slice(0, 4), 'doc-debian', '--name', 'faq');
    expect(other.code).toBe(1);
    expect(other.err).toMatch(/error: the name 'faq' holds other text \(Debian packages debian-faq /);
  },
  120_000,
);

test('training the same genome again gives the same scores, bit for bit', async () => {
  const candidate = await json<CandidateDetail>('show', (await json<FrontView>('front')).items[0]?.id ?? '');
  const first = candidate.evaluations[0];
  const again = await installation.post<Evaluation>('/v1/evaluations', {
    genome: candidate.trialGenome,
    tier: 'tiny',
    datasets: ['probes'],
    fresh: true,
  });
  expect(again.id).not.toBe(first?.id);
  let now = again;
  for (const until = Date.now() + 60_000; now.outcome === undefined && Date.now() < until;) {
    await new Promise((done) => setTimeout(done, 300));
    now = await installation.get<Evaluation>(`/v1/evaluations/${again.id}`);
  }
  if (now.outcome?.status !== 'scored' || first?.outcome?.status !== 'scored') throw new Error(now.state);
  expect(now.outcome.tasks).toEqual(first.outcome.tasks);
  expect(now.outcome.artifacts).toEqual(first.outcome.artifacts);
}, 90_000);

test('an equal search takes over every result and decides the same', async () => {
  const second = await json<SearchDetail>('submit', 'tiny.json');
  await ended(installation, second.id, 60_000);
  const [one, two] = [await outcomeOf(installation, search.id), await outcomeOf(installation, second.id)];
  expect(two.logHash).toBe(one.logHash);
  expect(two.candidates.map((c) => c.evaluationId)).toEqual(one.candidates.map((c) => c.evaluationId));
}, 90_000);

test('prompts and answers of one’s own are the objective of a search', async () => {
  const answers = ['red', 'green', 'blue', 'black', 'white'];
  const lines = Array.from({ length: 150 }, (_, n) =>
    JSON.stringify({ prompt: `paint ${n}?`, answer: answers[n % 5] }),
  );
  writeFileSync(join(folder, 'paint.jsonl'), lines.join('\n'));
  const added = await json<DatasetView>('dataset', 'add', 'paint.jsonl', '--as', 'pairs');
  expect(added).toMatchObject({ name: 'paint', kind: 'pairs', documents: 150 });
  const metric = 'tasks.pairs:paint';
  const spec = specOf('tiny', {
    name: 'paint',
    trial: { tier: 'tiny', datasets: ['probes', 'paint'] },
    objectives: [{ maximize: metric }, { minimize: 'params' }],
    budget: { evaluations: 3 },
  });
  writeFileSync(join(folder, 'paint-search.json'), JSON.stringify(spec));
  const { id } = await json<SearchDetail>('submit', 'paint-search.json');
  await ended(installation, id, 120_000);
  const { candidates } = await outcomeOf(installation, id);
  const scores = candidates.filter(({ state }) => state === 'finished').map(({ values }) => values[metric]);
  expect(scores.length).toBeGreaterThan(0);
  expect(scores.every((score) => typeof score === 'number')).toBe(true);
  const [best] = (await json<FrontView>('front', id)).items;
  const outcome = (await json<CandidateDetail>('show', best?.id ?? '')).evaluations[0]?.outcome;
  if (outcome?.status !== 'scored') throw new Error('the front is scored');
  const task = outcome.tasks.find((each) => each.id === 'pairs:paint');
  expect(task).toMatchObject({ family: 'user', score: best?.values[metric] });
  expect(task?.error).toBeUndefined();
}, 150_000);
