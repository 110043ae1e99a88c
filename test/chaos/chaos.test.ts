import type { SearchDetail } from '@asterism/contracts';
import { pick, uniform, type Key } from '@asterism/random';
import { replay } from '@asterism/search';
import { report } from '../../bench/report';
import { Installation } from '../installation';
import { assertWhole, ended, outcomeOf, specOf, type Outcome } from '../search-outcome';
import { FAULTS, SHORT_FAULTS } from './faults';

const long = process.env['ASTERISM_CHAOS'] === '1';
const FAULT_COUNT = long ? 40 : 4;
const SEED = Number(process.env['ASTERISM_CHAOS_SEED'] ?? 1);
const BUDGET = 12;
const key = (decision: number, purpose: string): Key => ({ seed: SEED, decision, purpose });

async function undisturbed(): Promise<Outcome> {
  const installation = await Installation.start({ workers: 1 });
  try {
    const search = await installation.post<SearchDetail>('/v1/searches', specOf('tiny'));
    await ended(installation, search.id, 180_000);
    return await outcomeOf(installation, search.id);
  } finally {
    await installation.stop();
  }
}

interface Disturbed {
  readonly outcomes: readonly Outcome[];
  readonly struck: readonly string[];
}

/** Searches follow one another until every fault has struck; each must end whole and with the same log. */
async function disturbed(faults: number): Promise<Disturbed> {
  const installation = await Installation.start({ workers: 2, durable: true });
  const struck: string[] = [];
  const outcomes: Outcome[] = [];
  let round = 0;
  let attempt = 0;
  try {
    while (struck.length < faults) {
      // Reuse off: each round trains anew, so that every fault meets work.
      const spec = specOf('tiny', { name: `chaos-${round}`, reuse: false });
      const search = await installation.post<SearchDetail>('/v1/searches', spec);
      const end = ended(installation, search.id, 600_000);
      let over = false;
      void end.finally(() => (over = true)).catch(() => undefined);
      while (!over && struck.length < faults) {
        await new Promise((done) => setTimeout(done, 500 + 2500 * uniform(key(attempt, 'pause'))));
        const fault = long ? pick(key(attempt, 'fault'), FAULTS) : SHORT_FAULTS[struck.length];
        const what = await fault?.(installation, key(attempt, 'worker'));
        attempt += 1;
        if (what !== undefined) struck.push(what);
      }
      await end;
      outcomes.push(await outcomeOf(installation, search.id));
      round += 1;
    }
    return { outcomes, struck };
  } finally {
    await installation.stop();
  }
}

test(
  `after ${FAULT_COUNT} faults every candidate has one end, nothing is twice or lost, and the log is the undisturbed one`,
  async () => {
    const started = Date.now();
    const reference = await undisturbed();
    assertWhole(reference, BUDGET);
    const done = await disturbed(FAULT_COUNT);
    try {
      for (const outcome of done.outcomes) {
        assertWhole(outcome, BUDGET);
        expect(decisions(outcome)).toEqual(decisions(reference));
        expect(replay(outcome.events).ok).toBe(true);
      }
      record(done, started, 'every search whole, decisions and results as undisturbed');
    } catch (error) {
      record(done, started, String(error));
      throw error;
    }
  },
  long ? 900_000 : 300_000,
);

/** The log without its chain: the spec's name and reuse switch differ between rounds, the decisions may not. */
function decisions(outcome: Outcome): unknown[] {
  return outcome.events
    .filter((event) => event.type !== 'created')
    .map(({ previous: _p, hash: _h, ...body }) => body);
}

/** The forty-fault run is a figure of the project: bench/results/chaos.json, and one file more for any other seed. */
function record({ outcomes, struck }: Disturbed, started: number, result: string): void {
  if (!long) return;
  const kinds = struck.map((what) => what.replace(/-\d+/, ''));
  const times = (kind: string): number => kinds.filter((each) => each === kind).length;
  report(SEED === 1 ? 'chaos' : `chaos-${SEED}`, {
    seed: SEED,
    faults: struck.length,
    byKind: Object.fromEntries([...new Set(kinds)].sort().map((kind) => [kind, times(kind)])),
    searches: outcomes.length,
    candidates: outcomes.reduce((sum, { candidates }) => sum + candidates.length, 0),
    seconds: Math.round((Date.now() - started) / 1000),
    result,
  });
}
