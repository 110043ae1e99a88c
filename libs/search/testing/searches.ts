import { readFileSync, readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { expectOk } from '@asterism/genome';
import { at, shuffle, uniform, type Key } from '@asterism/random';
import {
  advance,
  begin,
  fromBits,
  open,
  parseSpec,
  resolveSpec,
  type Advance,
  type Candidate,
  type Catalogue,
  type DecisionResult,
  type LogEvent,
  type ResolvedSearch,
  type SearchState,
} from '../index';

const folder = resolve(__dirname, '../../../genomes');
const read = (path: string): unknown => JSON.parse(readFileSync(resolve(folder, path), 'utf8'));
const namesIn = (name: string): string[] =>
  readdirSync(resolve(folder, name)).map((file) => file.replace(/\.json$/, ''));
const fileOf = (kind: string, name: string): unknown =>
  namesIn(kind).includes(name) ? read(`${kind}/${name}.json`) : undefined;

export const target = 'cpu/torch/fp32';

/** The shipped libraries, three datasets and one live CPU. */
export function aCatalogue(over: Partial<Catalogue> = {}): Catalogue {
  return {
    genome: (name) => fileOf('library', name),
    space: (name) => fileOf('spaces', name),
    genomeNames: namesIn('library'),
    spaceNames: namesIn('spaces'),
    datasets: ['probes', 'stdlib', 'udhr'].map((name, i) => ({
      name,
      kind: 'text',
      sha256: String(i).repeat(64),
    })),
    suiteDatasets: (suite) => (suite === 'tiny-1' ? [] : ['stdlib', 'udhr']),
    isWeighted: (suite) => suite === 'nano-2',
    suiteTasks: () => [{ id: 'mqar', family: 'recall', counts: true }],
    userData: () => undefined,
    targets: [{ selector: target, resolved: 'test-cpu/torch/fp32' }],
    trainerVersion: '1',
    numericClass: 'avx512-test',
    ...over,
  };
}

/** A spec of the tiny space with parts replaced. */
export function aSpec(over: Record<string, unknown> = {}): Record<string, unknown> {
  return { ...(read('searches/tiny.json') as Record<string, unknown>), ...over };
}

export function aSearch(
  over: Record<string, unknown> = {},
  catalogue: Partial<Catalogue> = {},
): ResolvedSearch {
  return expectOk(resolveSpec(expectOk(parseSpec(aSpec(over))), aCatalogue(catalogue)));
}

/** A result that depends on nothing but the genome: scores and times from its hash, now and then a failure. */
export function resultOf({ act }: Candidate): DecisionResult {
  const key = (purpose: string): Key => ({
    seed: parseInt(act.trialHash.slice(0, 8), 16),
    decision: 0,
    purpose,
  });
  if (uniform(key('diverges')) < 0.1) return { status: 'failed', class: 'diverged' };
  const cache = act.exact['cacheBytes/ctx4096'];
  const values = {
    quality: uniform(key('quality')),
    [`decodeMsP50@${target}/ctx4096`]: 1 + (cache === undefined ? uniform(key('ms')) : fromBits(cache) / 1e6),
  };
  return { status: 'measured', rungs: [{ fraction: 1, values }] };
}

/** Runs a whole search with `workers` workers that finish in an order drawn from `timing`. */
export function run(search: ResolvedSearch, workers: number, timing: number): Advance {
  const events: LogEvent[] = [];
  let state: SearchState;
  const take = (step: Advance): void => {
    events.push(...step.events);
    state = step.state;
  };
  take(begin(search));
  const done = new Map<number, DecisionResult>();
  for (let tick = 0; state!.closed === undefined; tick++) {
    take(advance(state!, done));
    const running = open(state!)
      .filter(({ n }) => !done.has(n))
      .slice(0, workers);
    const key: Key = { seed: timing, decision: tick, purpose: 'finish' };
    const count = 1 + Math.floor(uniform(at(key, 1)) * running.length);
    for (const candidate of shuffle(key, running).slice(0, count)) done.set(candidate.n, resultOf(candidate));
    if (tick > 10_000) throw new Error('the search does not end');
  }
  return { events, state: state! };
}
