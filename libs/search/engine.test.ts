import {
  advance,
  apply,
  begin,
  changeLag,
  close,
  endOf,
  fold,
  front,
  hypervolumeHistory,
  needs,
  open,
  replay,
  type DecisionResult,
  type LogEvent,
  type SearchState,
} from './index';
import { link } from './chain';
import { aSearch, resultOf, run, target } from './testing/searches';

const small = {
  start: ['lfm2', 'gla-hybrid'],
  baselines: ['transformer-pp'],
  space: 'small',
  budget: { evaluations: 20 },
};
const hashOf = (events: readonly LogEvent[]): string => events.at(-1)!.hash;

/** What a restarted engine still writes, with every result at hand as soon as it is asked for. */
function rest(state: SearchState): readonly LogEvent[] {
  const done = new Map(open(state).map((candidate) => [candidate.n, resultOf(candidate)]));
  const step = advance(state, done);
  return step.state.closed === undefined ? [...step.events, ...rest(step.state)] : step.events;
}

describe.each(['steady', 'star', 'random'] as const)('decisions of mode %s', (mode) => {
  const search = aSearch({ ...small, engine: { mode, parallelism: 2, population: 6 } });
  const reference = run(search, 1, 0);

  it('are the same for 50 timing schedules and for 1, 3 and 16 workers', () => {
    const hashes = new Set<string>();
    for (let timing = 0; timing < 50; timing++)
      hashes.add(hashOf(run(search, [1, 3, 16][timing % 3]!, timing).events));
    expect([...hashes]).toEqual([hashOf(reference.events)]);
  });

  it('are the same when the engine is killed after any event and folds its log again', () => {
    let live = fold(reference.events.slice(0, 1));
    for (let cut = 1; cut < reference.events.length; cut++) {
      const log = reference.events.slice(0, cut);
      const folded = fold(JSON.parse(JSON.stringify(log)) as LogEvent[]);
      expect(JSON.stringify(folded)).toBe(JSON.stringify(live));
      // An equal state has an equal future; every third one is run to its end to see it.
      if (cut % 3 === 0) expect(hashOf([...log, ...rest(folded)])).toBe(hashOf(reference.events));
      live = apply(live, reference.events[cut]!);
    }
  });

  it('are the same when the engine is given its thread for one event at a time', () => {
    const { events, state } = begin(search);
    const log = [...events];
    let now = state;
    while (now.closed === undefined) {
      const done = new Map(open(now).map((candidate) => [candidate.n, resultOf(candidate)]));
      const step = advance(now, done, 1);
      expect(step.events).toHaveLength(1);
      log.push(...step.events);
      now = step.state;
    }
    expect(hashOf(log)).toBe(hashOf(reference.events));
  });

  it('replay, and end with the budget', () => {
    expect(replay(JSON.parse(JSON.stringify(reference.events)) as LogEvent[])).toMatchObject({ ok: true });
    expect(reference.events.at(-1)).toMatchObject({ type: 'closed', reason: 'budget' });
    expect(reference.state.candidates).toHaveLength(20);
    expect(reference.state.admitted).toBe(20);
  });

  it('begin with the starts, the baselines and the initial design, and repeat no genome', () => {
    const acts = reference.state.candidates.map(({ act }) => act);
    expect(acts.slice(0, 9).map(({ origin }) => origin)).toEqual([
      'start',
      'start',
      'baseline',
      ...Array<string>(5).fill('initial'),
      expect.any(String),
    ]);
    expect(acts.slice(8).every(({ origin }) => origin === 'variation' || origin === 'random')).toBe(true);
    expect(new Set(acts.map(({ genomeHash }) => genomeHash)).size).toBe(20);
    expect(acts.every(({ parents }) => !parents.includes(2))).toBe(true);
  });

  it('read only results before needs(n)', () => {
    reference.events.forEach((event, i) => {
      if (event.type !== 'decided') return;
      const admitted = reference.events.slice(0, i).filter(({ type }) => type === 'admitted').length;
      expect(admitted).toBeGreaterThanOrEqual(needs(reference.state, event.n));
      expect(event.act.parents.every((parent) => parent < needs(reference.state, event.n))).toBe(true);
    });
  });
});

describe('replay', () => {
  const search = aSearch({
    ...small,
    objectives: [{ maximize: 'quality' }, { minimize: `decodeMsP50@${target}/ctx4096` }],
  });
  const { events } = run(search, 3, 1);
  /** The log with one event altered and everything after it chained anew, as a careful forger would. */
  const forged = (at: number, change: (event: LogEvent) => LogEvent): LogEvent[] => {
    const log: LogEvent[] = events.slice(0, at);
    for (const event of [change(events[at]!), ...events.slice(at + 1)]) {
      const { seq: _seq, previous: _previous, hash: _hash, ...body } = event;
      log.push(link(body, log.length, log.at(-1)?.hash ?? '0'.repeat(64)));
    }
    return log;
  };

  it('sees any event that was altered, removed, or moved', () => {
    for (let at = 0; at < events.length; at++) {
      const altered = events.map((event, i) =>
        i === at ? ({ ...event, extra: 1 } as unknown as LogEvent) : event,
      );
      expect(replay(altered)).toMatchObject({ ok: false, seq: at });
      if (at < events.length - 1) expect(replay(events.filter((_, i) => i !== at)).ok).toBe(false);
    }
  });

  it('names the first decision that differs, though the chain was mended', () => {
    const at = events.findIndex((event) => event.type === 'decided' && event.act.origin === 'variation');
    const forgery = forged(at, (event) => {
      if (event.type !== 'decided') throw new Error('not a decision');
      return { ...event, act: { ...event.act, changes: ['nothing'] } };
    });
    expect(replay(forgery)).toMatchObject({
      ok: false,
      seq: at,
      reason: expect.stringContaining('/act/changes') as unknown,
    });
  });

  it('names the decision that a forged result would have changed', () => {
    const at = events.findIndex(({ type }) => type === 'admitted');
    const forgery = forged(at, (event) => {
      if (event.type !== 'admitted') throw new Error('not a result');
      return { ...event, outcome: { status: 'failed', class: 'timeout', values: {} } };
    });
    const result = replay(forgery);
    expect(result.ok).toBe(false);
    if (!result.ok) expect(result.seq).toBeGreaterThan(at);
  });

  it('refuses values that are no finite numbers, and another engine version', () => {
    const at = events.findIndex((event) => event.type === 'admitted' && event.outcome.status === 'measured');
    const infinite = forged(
      at,
      (event) =>
        ({ ...event, outcome: { status: 'measured', values: { quality: '7ff0000000000000' } } }) as LogEvent,
    );
    expect(replay(infinite)).toMatchObject({
      ok: false,
      seq: at,
      reason: expect.stringContaining('finite') as unknown,
    });
    expect(replay(forged(0, (event) => ({ ...event, engineVersion: '0' }) as LogEvent))).toMatchObject({
      ok: false,
      seq: 0,
    });
  });
});

describe('results', () => {
  const search = aSearch({ constraints: [{ metric: 'quality', atLeast: 0.5 }] });
  const started = advance(begin(search).state, new Map()).state;
  const measured = (values: Record<string, number>): DecisionResult => ({
    status: 'measured',
    rungs: [{ fraction: 1, values }],
  });
  const after = (...results: DecisionResult[]) =>
    advance(started, new Map(results.map((r, n) => [n, r]))).state;

  it('wait for their turn', () => {
    expect(advance(started, new Map([[1, measured({ quality: 1 })]])).events).toEqual([]);
  });

  it('that are not finite are refused', () => {
    for (const value of [Number.NaN, Infinity, -Infinity])
      expect(() => after(measured({ quality: value }))).toThrow(/finite/);
  });

  it('without an objective make the candidate infeasible with its class, and their other values stand', () => {
    const [missing, failed, low, fine] = after(
      measured({}),
      { status: 'failed', class: 'out-of-memory', values: { quality: 0.9 } },
      measured({ quality: 0.4 }),
      measured({ quality: 0.6, somethingElse: 3 }),
    ).candidates;
    expect(endOf(missing!)).toEqual({ state: 'infeasible', class: 'missing' });
    expect(endOf(failed!)).toEqual({ state: 'infeasible', class: 'out-of-memory' });
    expect(failed!.values['quality']).toBe(0.9);
    expect(endOf(low!)).toEqual({ state: 'infeasible', class: 'constraint' });
    expect(low!.violation).toBeCloseTo(0.2, 12);
    expect(endOf(fine!)).toEqual({ state: 'finished' });
    expect(fine!.values).not.toHaveProperty('somethingElse');
  });

  it('keep the float64 bits of objectives', () => {
    const value = 0.1 + 0.2;
    expect(after(measured({ quality: value })).candidates[0]!.values['quality']).toBe(value);
  });
});

describe('hard limits that estimates can tell', () => {
  it('keep children inside, and a start that breaks one is admitted at once, never dispatched', () => {
    const search = aSearch({
      ...small,
      deployment: { width: 64, vocab: 512, context: 4096 },
      constraints: [{ metric: 'cacheBytes/ctx4096', atMost: 300_000 }],
    });
    const { state } = run(search, 2, 0);
    const broken = state.candidates.filter(({ act }) => act.breaks.length > 0);
    expect(broken.length).toBeGreaterThan(0);
    expect(broken.every(({ act }) => act.origin === 'start' || act.origin === 'baseline')).toBe(true);
    expect(broken.map(endOf)).toEqual(broken.map(() => ({ state: 'infeasible', class: 'constraint' })));
    expect(front(state).some((candidate) => candidate.act.breaks.length > 0)).toBe(false);
    const before = advance(begin(search).state, new Map()).state;
    expect(open(before).some(({ act }) => act.breaks.length > 0)).toBe(false);
  });

  it('that nothing keeps end the search when the space has nothing to give', () => {
    const search = aSearch({ constraints: [{ metric: 'params', atMost: 10 }] });
    expect(run(search, 2, 0).state).toMatchObject({ closed: 'space-exhausted', admitted: 0 });
  });
});

describe('the front', () => {
  const search = aSearch(small);
  const { state } = run(search, 2, 3);
  const history = hypervolumeHistory(state);

  it('has no dominated and no infeasible member', () => {
    const members = front(state);
    expect(members.length).toBeGreaterThan(0);
    for (const member of members) {
      expect(endOf(member)).toEqual({ state: 'finished' });
      for (const other of state.candidates.filter((c) => endOf(c)?.state === 'finished'))
        expect(
          other.point!.every((v, i) => v <= member.point![i]!) &&
            other.point!.some((v, i) => v < member.point![i]!),
        ).toBe(false);
    }
  });

  it('grows a hypervolume that never falls, once the reference point is fixed', () => {
    expect(history).toHaveLength(20);
    history.forEach(({ hypervolume }, i) =>
      expect(hypervolume!).toBeGreaterThanOrEqual(history[i - 1]?.hypervolume ?? 0),
    );
    expect(history.at(-1)!.hypervolume).toBeGreaterThan(0);
  });

  it('has its reference fixed exactly once, when the initial design is admitted', () => {
    const events = run(search, 2, 3).events;
    const fixing = events.filter((event) => event.type === 'admitted' && event.scales);
    expect(fixing).toHaveLength(1);
    expect(fixing[0]).toMatchObject({ n: search.initial - 1 });
  });

  it('keeps a reference point of the user', () => {
    const referencePoint = { quality: 0, 'cacheBytes/ctx4096': 1e9, params: 1e9 };
    const { state } = run(aSearch({ ...small, referencePoint }), 2, 3);
    expect(hypervolumeHistory(state).at(-1)!.hypervolume).toBeGreaterThan(0);
    expect(state.scales).toBeDefined();
  });
});

describe('the life of a search', () => {
  const search = aSearch(small);

  it('a cancelled one decides and admits nothing more', () => {
    const running = advance(begin(search).state, new Map()).state;
    const { state, events } = close(running, 'cancelled');
    expect(events).toHaveLength(1);
    expect(open(state)).toEqual([]);
    expect(advance(state, new Map([[0, resultOf(running.candidates[0]!)]])).events).toEqual([]);
    expect(close(state, 'cancelled').events).toEqual([]);
  });

  it('a wider lag puts more to work, and is replayed', () => {
    const running = advance(begin(search).state, new Map());
    expect(open(running.state)).toHaveLength(4);
    const wider = changeLag(running.state, 7);
    const more = advance(wider.state, new Map());
    expect(open(more.state)).toHaveLength(7);
    expect(
      replay([...begin(search).events, ...running.events, ...wider.events, ...more.events]),
    ).toMatchObject({ ok: true });
  });

  it('apply leaves the state it is given as it is', () => {
    const { state } = begin(search);
    const frozen = JSON.stringify(state);
    const { events } = advance(state, new Map());
    expect(events.reduce(apply, state).candidates).toHaveLength(4);
    expect(JSON.stringify(state)).toBe(frozen);
  });

  it('does not begin before its target has a worker', () => {
    const waiting = aSearch(
      { objectives: [{ minimize: `decodeMsP50@${target}/ctx4096` }] },
      { targets: [{ selector: target }] },
    );
    expect(() => begin(waiting)).toThrow('no worker for cpu/torch/fp32');
  });
});
