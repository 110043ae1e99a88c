import { z } from 'zod';
import type { LogEvent } from '@asterism/search';
import { CliError } from '../errors';

/** The chain's fields; what the body says is checked by replaying it, which recomputes every event. */
const line = z.looseObject({
  seq: z.int().min(0),
  type: z.enum(['created', 'decided', 'admitted', 'lag.changed', 'engine.changed', 'closed']),
  previous: z.string(),
  hash: z.string(),
});

function parseLine(text: string, at: number): LogEvent {
  try {
    return line.parse(JSON.parse(text)) as unknown as LogEvent;
  } catch {
    throw new CliError(`line ${at + 1} of the log is not a log event`, 'fetch the log or bundle again');
  }
}

/** A decision log as the service and bundles write it: one event per line. */
export function parseLog(text: string): LogEvent[] {
  return text
    .split('\n')
    .filter((entry) => entry !== '')
    .map(parseLine);
}
