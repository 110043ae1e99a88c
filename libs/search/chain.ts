import { createHash } from 'node:crypto';
import { canonicalJson } from '@asterism/genome';
import type { EventBody, LogEvent } from './events';

/** What the first event is chained to. */
export const genesis = '0'.repeat(64);

/** The body as event number `seq`, chained to the event before. */
export function link(body: EventBody, seq: number, previous: string): LogEvent {
  const event = { ...body, seq, previous };
  return { ...event, hash: hashOf(event) };
}

/** SHA-256 of the canonical JSON of everything but `hash`. */
export function hashOf(event: Omit<LogEvent, 'hash'>): string {
  const { hash: _hash, ...rest } = event as LogEvent;
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}
