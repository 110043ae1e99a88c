import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** A line that is not blank: its number in the file, and its JSON or undefined when it is none. */
export interface Line {
  readonly number: number;
  readonly json: unknown;
}

export async function* lines(stream: Readable): AsyncGenerator<Line> {
  let number = 0;
  for await (const text of createInterface({ input: stream, crlfDelay: Infinity })) {
    number += 1;
    if (text.trim() !== '') yield { number, json: parsed(text) };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
