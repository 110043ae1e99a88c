import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSpec } from '@asterism/search';
import { readJson } from './input';
import { main } from './main';

interface Run {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

/** One command line in this process, with what it wrote. */
async function asterism(...args: string[]): Promise<Run> {
  const written = { out: '', err: '' };
  const keep = (name: 'out' | 'err') => (text: unknown) => ((written[name] += String(text)), true);
  const spies = [
    jest.spyOn(process.stdout, 'write').mockImplementation(keep('out')),
    jest.spyOn(process.stderr, 'write').mockImplementation(keep('err')),
  ];
  process.exitCode = 0;
  try {
    const code = await main(['node', 'asterism', ...args]);
    return { code, ...written };
  } finally {
    spies.forEach((spy) => spy.mockRestore());
    process.exitCode = 0;
  }
}

function file(name: string, text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'asterism-cli-')), name);
  writeFileSync(path, text);
  return path;
}

test('estimate gives the published parameter count, with --json before or after the command', async () => {
  for (const args of [
    ['estimate', 'lfm2-350m', '--context', '4096', '--json'],
    ['--json', 'estimate', 'lfm2-350m'],
  ]) {
    const { code, out } = await asterism(...args);
    const answer = JSON.parse(out) as Record<string, unknown>;
    expect(code).toBe(0);
    expect(answer['params']).toBe(354_483_968);
    for (const key of ['paramsNonEmbedding', 'paramsActive', 'cacheBytes', 'stateBytes', 'flopsPerToken']) {
      expect(answer).toHaveProperty(key);
    }
  }
});

test.each([
  ['an unknown knob', { kind: 'gated-conv', kernal: 3 }, /genome\.json:\d+: \/backbone\/0\/kernal: .*kernel/],
  ['indivisible heads', { kind: 'attention', heads: 3, kvHeads: 2, headDim: 32 }, /\/backbone\/0\/kvHeads/],
  ['an unknown kind', { kind: 'hyena' }, /\/backbone\/0\/kind: .*gated-conv/],
])('%s is one line with its place', async (_, entry, expected) => {
  const path = file(
    'genome.json',
    JSON.stringify({ format: 1, size: { width: 64, vocab: 512 }, backbone: [entry] }, null, 2),
  );
  const { code, err } = await asterism('estimate', path);
  expect(code).toBe(1);
  expect(err).toMatch(expected);
  expect(err.trimEnd().split('\n')).toHaveLength(1);
});

test('10^9 layers are refused without building them', async () => {
  const backbone = [{ kind: 'swiglu', hidden: 128 }];
  const path = file(
    'deep.json',
    JSON.stringify({ format: 1, size: { width: 64, vocab: 512, repeats: 1e9 }, backbone }),
  );
  const { code, err } = await asterism('estimate', path);
  expect(code).toBe(1);
  expect(err).toMatch(/\/size\/repeats/);
});

test('validate lists every problem and fails', async () => {
  const path = file(
    'genome.json',
    '{"format":1,"size":{"width":64,"vocab":512},"backbone":[{"kind":"swiglu","hidden":0},{"kind":"x"}]}',
  );
  const { code, out } = await asterism('validate', path);
  expect(code).toBe(1);
  expect(out).toMatch(/\/backbone\/0\/hidden/);
  expect(out).toMatch(/\/backbone\/1\/kind/);
});

test('a wrong command or a missing argument says so and exits with 2', async () => {
  const unknown = await asterism('serch');
  expect(unknown.code).toBe(2);
  expect(unknown.err).toMatch(/unknown command 'serch'/);
  const missing = await asterism('estimate');
  expect(missing.code).toBe(2);
  expect(missing.err).toMatch(/missing required argument/);
});

test('no service is one line with the remedy', async () => {
  process.env['ASTERISM_URL'] = 'http://127.0.0.1:9';
  process.env['ASTERISM_TOKEN'] = 'ast_none';
  const { code, err } = await asterism('list');
  delete process.env['ASTERISM_URL'];
  delete process.env['ASTERISM_TOKEN'];
  expect(code).toBe(1);
  expect(err).toBe(
    'error: no answer from http://127.0.0.1:9; start it with `npm start`, or set ASTERISM_URL\n',
  );
});

test('init writes a search file that parses, and never overwrites one', async () => {
  const path = join(mkdtempSync(join(tmpdir(), 'asterism-cli-')), 'search.json');
  expect((await asterism('init', path)).code).toBe(0);
  expect(parseSpec(readJson(path).value).ok).toBe(true);
  const again = await asterism('init', path);
  expect(again.code).toBe(1);
  expect(again.err).toMatch(/exists/);
});

test('import reads a configuration with a bare Infinity, export-config writes it back', async () => {
  const config = `{ "model_type": "mamba2", "vocab_size": 99, "hidden_size": 8, "num_heads": 4, "head_dim": 4, "n_groups": 1,
    "num_hidden_layers": 2, "state_size": 8, "time_step_limit": [0.0, Infinity] }`;
  const { code, out } = await asterism('import', file('config.json', config));
  expect(code).toBe(0);
  const back = await asterism('export-config', file('genome.json', out), '--model-type', 'mamba2');
  expect(JSON.parse(back.out)).toMatchObject({ model_type: 'mamba2', num_heads: 4, num_hidden_layers: 2 });
});

test('import names the first field that does not map, its line and what is allowed', async () => {
  const path = file('config.json', '{\n "model_type": "llama",\n "rms_norm_eps": 0.001\n}');
  const { code, err } = await asterism('import', path);
  expect(code).not.toBe(0);
  expect(err).toMatch(/config\.json:3: \/rms_norm_eps: .*1e-5, 1e-6, 1e-8/s);
});

test.each([
  ['no model', ['--harness', 'sciq'], /--harness scores a trained model; name a candidate, or a folder/],
  ['rungs above 1', ['nano-cq', '--rungs', '.5,2'], /\.5,2 are no rungs; name fractions/],
  ['no genome', [], /no genome; name a file, library genome or candidate/],
])('evaluate with %s is one line', async (_, words, expected) => {
  const { code, err } = await asterism('evaluate', ...words);
  expect(code).toBe(1);
  expect(err).toMatch(expected);
  expect(err.trim().split('\n')).toHaveLength(1);
});
