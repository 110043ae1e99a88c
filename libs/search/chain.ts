import { createHash } from 'node:crypto';
import { canonicalJson } from '@asterism/genome';
import type { EventBody, LogEvent } from './events';

/** What the first event is chained to. */
export const genesis = '0'.repeat(64);

/**
 * The body as event number `seq`, chained to the event before. It is given back as it will be read from the log, keys
 * in canonical order: a decision must not know whether its space was just parsed or folded from a stored line.
 */
export function link(body: EventBody, seq: number, previous: string): LogEvent {
  const event = JSON.parse(canonicalJson({ ...body, seq, previous })) as LogEvent;
  return { ...event, hash: hashOf(event) };
}

/** SHA-256 of the canonical JSON of everything but `hash`. */
export function hashOf(event: Omit<LogEvent, 'hash'>): string {
  const { hash: _hash, ...rest } = event as LogEvent;
  return createHash('sha256').update(canonicalJson(rest)).digest('hex');
}
