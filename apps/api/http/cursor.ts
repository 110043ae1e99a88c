import { HttpProblem } from './problem';

/** Where a page ended: the sort value and the id, so that rows that appear meanwhile shift nothing. */
export interface Cursor {
  readonly value: string | number | null;
  readonly id: string;
}

export function writeCursor(cursor: Cursor): string {
  return Buffer.from(JSON.stringify([cursor.value, cursor.id])).toString('base64url');
}

export function readCursor(text: string | undefined): Cursor | undefined {
  if (text === undefined || text === '') return undefined;
  try {
    const [value, id] = JSON.parse(Buffer.from(text, 'base64url').toString('utf8')) as [unknown, unknown];
    const plain = value === null || typeof value === 'string' || typeof value === 'number';
    if (plain && typeof id === 'string') return { value, id };
  } catch {
    // falls through to the refusal
  }
  throw new HttpProblem(400, 'bad-cursor', 'this cursor was not made by this server', {
    errors: [{ pointer: '/cursor', code: 'bad-cursor', message: 'begin again without a cursor' }],
  });
}
