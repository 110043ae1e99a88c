import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import {
  broken,
  dryRun,
  memoKey,
  memoKeyOf,
  move,
  parseMetric,
  parseResult,
  parseSpec,
  profilePlans,
  resolveSpec,
  searchMoves,
  userDataOf,
} from './index';
import { expectOk, type Result } from '@asterism/genome';
import { estimate } from '@asterism/estimate';
import { aCatalogue, aSearch, aSpec, target } from './testing/searches';

const problemsOf = (result: Result<unknown>) =>
  result.ok ? [] : result.problems.map(({ pointer, code }) => `${pointer} ${code}`);
const parsed = (over: Record<string, unknown>) => problemsOf(parseSpec(aSpec(over)));
const resolved = (over: Record<string, unknown>) =>
  problemsOf(resolveSpec(expectOk(parseSpec(aSpec(over))), aCatalogue()));

describe('a search file', () => {
  it.each<[string, Record<string, unknown>, string]>([
    ['an unknown key', { objektives: [] }, '/objektives unknown-key'],
    ['an unknown key further in', { engine: { mode: 'steady', speed: 9 } }, '/engine/speed unknown-key'],
    ['both sizes', { deployment: { width: 64, parameters: 100_000 } }, '/deployment invalid'],
    ['no size', { deployment: { repeats: 1 } }, '/deployment invalid'],
    ['an unknown tier', { trial: { tier: 'xl' } }, '/trial/tier invalid-value'],
    [
      'both directions',
      { objectives: [{ maximize: 'quality', minimize: 'quality' }] },
      '/objectives/0/minimize unknown-key',
    ],
    [
      'an objective nothing gives',
      { objectives: [{ maximize: 'happiness' }] },
      '/objectives/0 unknown-metric',
    ],
    [
      'a context where none belongs',
      { objectives: [{ maximize: 'quality/ctx10' }] },
      '/objectives/0 unknown-metric',
    ],
    ['a missing context', { objectives: [{ minimize: 'cacheBytes' }] }, '/objectives/0 unknown-metric'],
    ['a missing target', { objectives: [{ minimize: 'decodeMsP50/ctx10' }] }, '/objectives/0 unknown-metric'],
    [
      'an objective twice',
      { objectives: [{ minimize: 'params' }, { maximize: 'params' }] },
      '/objectives/1 duplicate',
    ],
    ['a limit without a bound', { constraints: [{ metric: 'params' }] }, '/constraints/0 invalid'],
    ['a reference point of other metrics', { referencePoint: { quality: 0 } }, '/referencePoint incomplete'],
    [
      'a number that is none',
      { constraints: [{ metric: 'params', atMost: Infinity }] },
      '/constraints/0/atMost invalid-type',
    ],
    ['no budget', { budget: {} }, '/budget/evaluations invalid-type'],
  ])('with %s is refused', (_, over, problem) => {
    expect(parsed(over)).toContain(problem);
  });

  it('that is no object, or far too deep, is refused and not a crash', () => {
    for (const json of [null, 7, 'x', [], JSON.parse('['.repeat(5000) + ']'.repeat(5000))])
      expect(parseSpec(json).ok).toBe(false);
  });

  it('that names a dataset which can be installed says with which command', () => {
    const spec = expectOk(parseSpec(aSpec({ trial: { tier: 'tiny', datasets: ['docs'] } })));
    const found = resolveSpec(spec, aCatalogue());
    expect(found.ok ? [] : found.problems.map(({ message }) => message)).toEqual([
      'no dataset is called docs; `asterism dataset install docs` writes and registers it',
    ]);
  });

  it.each<[string, Record<string, unknown>, string]>([
    ['space', { space: 'nowhere' }, '/space unknown-space'],
    ['suite of the tier', { trial: { tier: 'nano', suite: 'xs-1' } }, '/trial/suite unknown-suite'],
    ['start', { start: ['lfm2', 'lfm3'] }, '/start/1 unknown-genome'],
    [
      'dataset',
      { trial: { tier: 'tiny', datasets: ['probes', 'gone'] } },
      '/trial/datasets/1 unknown-dataset',
    ],
    [
      'dataset of the suite',
      { trial: { tier: 'nano', datasets: ['probes'] } },
      '/trial/datasets missing-dataset',
    ],
    [
      'target',
      { objectives: [{ minimize: 'decodeMsP50@tpu/jax/bf16/ctx16' }] },
      '/objectives/0 unknown-target',
    ],
    [
      'operator inside a start',
      { start: [{ format: 1, size: { width: 64, vocab: 512 }, backbone: [{ kind: 'rwkv' }] }] },
      '/start/0/backbone/0/kind unknown-kind',
    ],
    [
      'size that no width meets',
      { start: ['lfm2'], deployment: { parameters: 1000, vocab: 65_536 } },
      '/deployment/parameters unreachable-size',
    ],
    ['task', { objectives: [{ maximize: 'tasks.nowhere' }] }, '/objectives/0 unknown-score'],
    [
      'family',
      { constraints: [{ metric: 'families.x', atLeast: 0 }] },
      '/constraints/0/metric unknown-score',
    ],
  ])('that names an unknown %s, or leaves one out, is refused where it does', (_, over, problem) => {
    expect(resolved(over)).toContain(problem);
  });

  it('may bound the guard, so that no family is forgotten', () => {
    const { constraints } = aSearch({ constraints: [{ metric: 'guard', atLeast: 0.2 }] });
    expect(constraints).toMatchObject([{ metric: 'guard', source: 'evaluation' }]);
  });

  it('may ask for the weighted form of quality where the suite has weights', () => {
    const objectives = [{ maximize: 'qualityWeighted' }];
    const on = (suite: string) => ({
      objectives,
      trial: { tier: 'nano', suite, datasets: ['stdlib', 'udhr'] },
    });
    expect(aSearch(on('nano-2')).objectives).toMatchObject([{ metric: 'qualityWeighted', unit: '1' }]);
    expect(resolved(on('nano-1'))).toEqual(['/objectives/0 no-weights']);
  });

  it('may have the score of a task, a family, or a dataset of the user as objective', () => {
    const pairs = (prompts: number) =>
      userDataOf(
        'pairs',
        Array.from({ length: prompts }, (_, n) => ({ prompt: `${n}`, answer: 'a' })),
      );
    const datasets = [...aCatalogue().datasets, { name: 'qa', kind: 'pairs', sha256: 'a'.repeat(64) }];
    const over = {
      trial: { tier: 'tiny', datasets: ['probes', 'qa'] },
      objectives: ['tasks.pairs:qa', 'tasks.mqar', 'families.user', 'families.recall'].map((maximize) => ({
        maximize,
      })),
    };
    const { objectives } = aSearch(over, { datasets, userData: () => pairs(200) });
    expect(objectives[0]).toEqual({
      metric: 'tasks.pairs:qa',
      name: 'tasks.pairs:qa',
      source: 'evaluation',
      unit: '1',
      direction: 'maximize',
    });
    const small = { datasets, userData: (name: string) => (name === 'qa' ? pairs(20) : undefined) };
    const refused = resolveSpec(expectOk(parseSpec(aSpec(over))), aCatalogue(small));
    expect(refused.ok ? [] : refused.problems).toMatchObject([
      {
        pointer: '/trial/datasets/1',
        code: 'too-few-examples',
        message: expect.stringMatching(/^qa is too small for tier tiny: 20 of 20 pairs/) as string,
      },
    ]);
    const without = resolveSpec(
      expectOk(parseSpec(aSpec({ ...over, trial: { tier: 'tiny', datasets: ['probes'] } }))),
      aCatalogue(small),
    );
    expect(without.ok ? [] : without.problems[0]).toMatchObject({
      code: 'unknown-score',
      allowed: 'tasks.mqar',
    });
  });

  it('says what is allowed for a metric on an unknown target', () => {
    const spec = expectOk(parseSpec(aSpec({ objectives: [{ minimize: 'decodeMsP50@tpu/jax/bf16/ctx16' }] })));
    const result = resolveSpec(spec, aCatalogue());
    expect(!result.ok && result.problems[0]!.allowed).toContain(`decodeMsP50@${target}/ctx<N>`);
  });
});

describe('a resolved search', () => {
  it('has its genomes at three sizes', () => {
    const search = aSearch({
      space: 'small',
      start: ['lfm2'],
      trial: { tier: 'nano' },
      deployment: { width: 512, repeats: 2, vocab: 512, context: 4096 },
    });
    const [{ motif, genome, trialGenome }] = search.starts as [(typeof search.starts)[0]];
    expect(genome.size).toEqual({ width: 512, repeats: 2, vocab: 512, tiedEmbeddings: true });
    expect(trialGenome.size).toEqual({ width: 64, repeats: 1, vocab: 512, tiedEmbeddings: false });
    expect(trialGenome.backbone).toEqual(motif.backbone);
    expect(genome.backbone.map(({ kind }) => kind)).toEqual(motif.backbone.map(({ kind }) => kind));
  });

  it('meets total parameters within 2 %', () => {
    const search = aSearch({
      space: 'small',
      start: ['lfm2', 'ssd-hybrid'],
      deployment: { parameters: 20_000_000, repeats: 2, vocab: 4096 },
    });
    for (const { genome } of search.starts)
      expect(Math.abs(estimate(genome, { context: 1 }).params / 20e6 - 1)).toBeLessThanOrEqual(0.02);
  });

  it.each([
    [12, 2, 3, 8],
    [200, 4, 8, 50],
    [3, 4, 1, 3],
    [40, 100, 10, 10],
  ])(
    'with a budget of %i and parallelism %i has lag %i and %i initial decisions',
    (evaluations, parallelism, lag, initial) => {
      expect(aSearch({ budget: { evaluations }, engine: { parallelism } })).toMatchObject({ lag, initial });
    },
  );

  it('is scored on another suite of its tier when the file names one', () => {
    const datasets = ['probes', 'stdlib', 'udhr'];
    const own = aSearch({ trial: { tier: 'nano', datasets } });
    const other = aSearch({ trial: { tier: 'nano', suite: 'nano-1', datasets } });
    expect([own.tier.suite, other.tier.suite]).toEqual(['nano-2', 'nano-1']);
    expect(other.tier).toMatchObject({ tokens: own.tier.tokens, width: own.tier.width });
    expect(memoKey(other, 'a', 0)).not.toBe(memoKey(own, 'a', 0));
  });

  it('takes budgets in tokens', () => {
    const { tier } = aSearch();
    expect(aSearch({ budget: { tokens: 5 * tier.tokens + 1 } }).budget).toBe(5);
    expect(resolved({ budget: { tokens: 1 } })).toContain('/budget/tokens too-small');
  });

  it('adds the hard limits of the space', () => {
    const space = { ...(aCatalogue().space('tiny') as object), limits: [{ metric: 'params', atMost: 5000 }] };
    const search = aSearch({ space });
    expect(broken(search.constraints, { params: 5001 }).map(({ metric }) => metric)).toEqual(['params']);
  });

  it('plans profiles for what it names', () => {
    const search = aSearch({
      objectives: [
        { minimize: `decodeMsP50@${target}/ctx4096` },
        { minimize: `prefillMsP95@${target}/ctx300` },
      ],
    });
    expect(profilePlans(search)).toEqual([
      { selector: target, contexts: [1024, 4096], prefillLengths: [75, 300] },
    ]);
    expect(profilePlans(aSearch())).toEqual([]);
  });

  it('is forecast', () => {
    const report = dryRun(aSearch({ constraints: [{ metric: 'params', atMost: 10 }] }), 16);
    expect(report).toMatchObject({ ok: false, feasibleShare: 0, sampled: 16 });
    expect(report.warnings.join()).toContain('hard limits');
    expect(dryRun(aSearch(), 16)).toMatchObject({ ok: true, feasibleShare: 1 });
  });
});

describe('metrics', () => {
  it('are parsed into their parts', () => {
    expect(parseMetric('decodeMsP50@cpu/torch/fp32/ctx4096')).toEqual({
      ok: true,
      value: {
        metric: 'decodeMsP50@cpu/torch/fp32/ctx4096',
        name: 'decodeMsP50',
        target,
        context: 4096,
        source: 'profile',
        unit: 'ms',
      },
    });
    expect(parseMetric('cacheBytes/ctx4096')).toMatchObject({ value: { source: 'estimate', unit: 'B' } });
    expect(parseMetric(`cacheBytes@${target}/ctx4096`)).toMatchObject({ value: { source: 'profile' } });
    for (const text of ['toString', 'constructor/ctx5', 'params@cpu', '', 'cacheBytes/ctx0'])
      expect(parseMetric(text).ok).toBe(false);
  });
});

describe('results from outside', () => {
  it('are refused with their pointer when a number is not finite', () => {
    const bad = { status: 'measured', rungs: [{ fraction: 1, values: { quality: Number.NaN } }] };
    expect(problemsOf(parseResult(bad))).toEqual(['/rungs/0/values/quality invalid-result']);
    expect(parseResult({ status: 'failed', class: 'tired' }).ok).toBe(false);
    expect(parseResult({ status: 'failed', class: 'timeout' }).ok).toBe(true);
  });
});

describe('memo keys', () => {
  const parts = {
    trialHash: 'a',
    tier: 'nano',
    suite: 'nano-1',
    suiteVersion: '1',
    datasets: ['x', 'y'],
    trainerVersion: '1',
    numericClass: 'c',
    replicate: 0,
  };

  it('depend on every part, and not on the order of datasets', () => {
    const key = memoKeyOf(parts);
    expect(memoKeyOf({ ...parts, datasets: ['y', 'x'] })).toBe(key);
    for (const part of Object.keys(parts) as (keyof typeof parts)[]) {
      const other = part === 'datasets' ? ['x'] : part === 'replicate' ? 1 : 'other';
      expect(memoKeyOf({ ...parts, [part]: other })).not.toBe(key);
    }
  });
});

describe('moves', () => {
  it('follow the table and say what is allowed', () => {
    expect(move(searchMoves, 'running', 'paused')).toEqual({ ok: true, value: 'paused' });
    expect(move(searchMoves, 'finished', 'running')).toMatchObject({
      ok: false,
      problems: [{ code: 'illegal-move' }],
    });
    expect(move(searchMoves, 'paused', 'finished')).toMatchObject({
      problems: [{ allowed: 'running, waiting, closing, cancelled' }],
    });
  });
});

describe('the search files that ship', () => {
  it.each(['quickstart', 'tiny'])('%s resolves', (name) => {
    const path = resolve(__dirname, `../../genomes/searches/${name}.json`);
    const file: unknown = JSON.parse(readFileSync(path, 'utf8'));
    expect(problemsOf(resolveSpec(expectOk(parseSpec(file)), aCatalogue()))).toEqual([]);
  });
});
