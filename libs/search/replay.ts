import { canonicalJson } from '@asterism/genome';
import { next } from './advance';
import { valuesOf } from './bits';
import { genesis, hashOf } from './chain';
import { engineVersion, type AdmittedOutcome, type EventBody, type LogEvent } from './events';
import { apply, fold } from './fold';
import type { DecisionResult } from './result';
import type { SearchState } from './state';

export type Replay =
  | { readonly ok: true; readonly state: SearchState }
  | { readonly ok: false; readonly seq: number; readonly reason: string };

/** Recomputes every decision and admission from the recorded results, and names the first event that differs. */
export function replay(events: readonly LogEvent[]): Replay {
  let state: SearchState | undefined;
  for (const [seq, event] of events.entries()) {
    try {
      const reason =
        chainBreak(event, seq, state?.hash ?? genesis) ??
        (state ? divergence(state, event) : versionOf(event));
      if (reason !== undefined) return { ok: false, seq, reason };
      state = state ? apply(state, event) : fold([event]);
    } catch (error) {
      return {
        ok: false,
        seq,
        reason: `cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  }
  return state ? { ok: true, state } : { ok: false, seq: 0, reason: 'the log is empty' };
}

/** Checks the chain alone: cheap, and enough to see that nothing was altered since it was written. */
export function chainBreak(event: LogEvent, seq: number, previous: string): string | undefined {
  if (event.seq !== seq) return `has number ${event.seq} in place of ${seq}`;
  if (event.previous !== previous) return 'is not chained to the event before it';
  return hashOf(event) === event.hash ? undefined : 'was altered: its hash does not fit its content';
}

function versionOf(event: LogEvent): string | undefined {
  if (event.type !== 'created') return 'a log begins with `created`';
  return foreignVersion(event.engineVersion);
}

function foreignVersion(version: string): string | undefined {
  return version === engineVersion
    ? undefined
    : `was decided by engine version ${version}; this is ${engineVersion}`;
}

/** Why the engine would not have written this event here. */
function divergence(state: SearchState, event: LogEvent): string | undefined {
  if (state.closed !== undefined) return 'follows `closed`';
  switch (event.type) {
    case 'created':
      return '`created` comes once';
    case 'engine.changed':
      return foreignVersion(event.engineVersion);
    case 'lag.changed':
      return undefined;
    case 'closed':
      return event.reason === 'cancelled' || event.reason === 'time-limit'
        ? undefined
        : compared(next(state, new Map()), event);
    case 'decided':
      return compared(next(state, new Map()), event);
    case 'admitted':
      return compared(recomputedAdmission(state, event), event);
  }
}

/** What the engine makes of the recorded values: unless it would rather have decided, or admitted another one. */
function recomputedAdmission(
  state: SearchState,
  event: LogEvent & { type: 'admitted' },
): EventBody | undefined {
  const candidate = state.candidates[state.admitted];
  return next(state, new Map(candidate && [[candidate.n, resultOf(event.outcome)]]));
}

function resultOf(outcome: AdmittedOutcome): DecisionResult {
  const values = { ...valuesOf(outcome.values) };
  if (outcome.status === 'failed') return { status: 'failed', class: outcome.class, values };
  return { status: 'measured', rungs: [{ fraction: 1, values }] };
}

function compared(would: EventBody | undefined, event: LogEvent): string | undefined {
  if (!would) return `is ${event.type}, where the engine would wait for a result`;
  const { seq: _seq, previous: _previous, hash: _hash, ...body } = event;
  if (would.type !== body.type) return `is ${event.type}, where the engine writes ${would.type}`;
  if (canonicalJson(would) === canonicalJson(body)) return undefined;
  return `${event.type}${'n' in body ? ` ${body.n}` : ''} differs from what the engine recomputes: ${difference(would, body)}`;
}

/** The first field that differs, by path. */
function difference(a: unknown, b: unknown, path = ''): string {
  const isTree = (value: unknown): value is Record<string, unknown> =>
    typeof value === 'object' && value !== null;
  if (!isTree(a) || !isTree(b))
    return `${path || '/'} is ${JSON.stringify(b)}, recomputed ${JSON.stringify(a)}`;
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  const key = keys.find((name) => canonicalJson([a[name] ?? null]) !== canonicalJson([b[name] ?? null]));
  return key === undefined ? `${path} differs` : difference(a[key], b[key], `${path}/${key}`);
}
