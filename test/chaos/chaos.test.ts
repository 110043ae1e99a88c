import type { SearchDetail } from '@asterism/contracts';
import { pick, uniform, type Key } from '@asterism/random';
import { replay } from '@asterism/search';
import { Installation } from '../installation';
import { assertWhole, ended, outcomeOf, specOf, type Outcome } from '../search-outcome';
import { FAULTS, SHORT_FAULTS, strike } from './faults';

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

/** Searches follow one another until every fault has struck; each must end whole and with the same log. */
async function disturbed(faults: number): Promise<{ outcomes: Outcome[]; struck: string[] }> {
  const installation = await Installation.start({ workers: 2, durable: true });
  const struck: string[] = [];
  const outcomes: Outcome[] = [];
  let round = 0;
  try {
    while (struck.length < faults) {
      // Reuse off: each round trains anew, so that every fault meets work.
      const spec = specOf('tiny', { name: `chaos-${round}`, reuse: false });
      const search = await installation.post<SearchDetail>('/v1/searches', spec);
      const end = ended(installation, search.id, 600_000);
      let over = false;
      void end.finally(() => (over = true)).catch(() => undefined);
      while (!over && struck.length < faults) {
        await new Promise((done) => setTimeout(done, 500 + 2500 * uniform(key(struck.length, 'pause'))));
        const fault = pick(
          key(struck.length, 'fault'),
          long ? FAULTS : SHORT_FAULTS.slice(struck.length, struck.length + 1),
        );
        struck.push(await strike(installation, fault, key(struck.length, 'worker')));
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
    const reference = await undisturbed();
    assertWhole(reference, BUDGET);
    const { outcomes, struck } = await disturbed(FAULT_COUNT);
    process.stdout.write(`${struck.join('\n')}\n`);
    for (const outcome of outcomes) {
      assertWhole(outcome, BUDGET);
      expect(decisions(outcome)).toEqual(decisions(reference));
      expect(replay(outcome.events).ok).toBe(true);
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
