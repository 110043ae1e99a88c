import {
  advance,
  begin,
  fold,
  hypervolumeHistory,
  open,
  replay,
  type DecisionResult,
  type LogEvent,
} from '@asterism/search';
import { aSearch, resultOf } from '../libs/search/testing/searches';
import { report } from './report';

/**
 * `npm run bench:fold`: writes the log of a search of 10,000 decisions, then folds it as a start-up
 * does (from parsed JSON) and checks a shorter one by replay. Milliseconds, best of five; goal: fold within 1,000.
 */
const DECISIONS = Number(process.env['ASTERISM_BENCH_DECISIONS'] ?? 10_000);
const REPLAYED = 300;

function logOf(evaluations: number, mode: string): { readonly events: LogEvent[]; readonly ms: number } {
  const search = aSearch({
    space: 'deployable',
    trial: { tier: 'nano', datasets: ['probes'] },
    deployment: { width: 512, repeats: 2, vocab: 512, context: 4096 },
    engine: { mode, parallelism: 4 },
    budget: { evaluations },
  });
  const start = performance.now();
  let { state, events } = begin(search);
  const log = [...events];
  const done = new Map<number, DecisionResult>();
  while (state.closed === undefined) {
    ({ state, events } = advance(state, done));
    log.push(...events);
    for (const candidate of open(state).slice(0, 64)) done.set(candidate.n, resultOf(candidate));
  }
  return { events: log, ms: performance.now() - start };
}

function bestOf(runs: number, work: () => unknown): number {
  const times = Array.from({ length: runs }, () => {
    const start = performance.now();
    work();
    return performance.now() - start;
  });
  return Math.round(Math.min(...times) * 10) / 10;
}

const { events, ms } = logOf(DECISIONS, 'random');
const parsed = events.map((event) => JSON.parse(JSON.stringify(event)) as LogEvent);
const steady = logOf(REPLAYED, 'steady');
report('fold', {
  unit: 'ms',
  decisions: DECISIONS,
  events: events.length,
  bytes: events.reduce((sum, event) => sum + JSON.stringify(event).length, 0),
  write: Math.round(ms),
  fold: bestOf(5, () => fold(parsed)),
  hypervolumeHistory: bestOf(3, () => hypervolumeHistory(fold(parsed))),
  steady: {
    decisions: REPLAYED,
    write: Math.round(steady.ms),
    replay: bestOf(1, () => replay(steady.events)),
  },
});
