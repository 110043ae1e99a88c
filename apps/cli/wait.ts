import type { Io } from './io';

const POLL_MS = 1000;

interface Progressing {
  readonly state: string;
  readonly progress?:
    { readonly phase: string; readonly step: number; readonly steps: number } | null | undefined;
}

/** Polls until the row is in one of the states; on a terminal one line is rewritten with its progress. */
export async function until<Row extends Progressing>(
  io: Io,
  label: string,
  read: () => Promise<Row>,
  states: ReadonlySet<string>,
): Promise<Row> {
  for (;;) {
    const row = await read();
    if (states.has(row.state)) {
      if (io.interactive) process.stderr.write('\r\u001b[K');
      return row;
    }
    const { progress } = row;
    const doing =
      progress === undefined || progress === null
        ? row.state
        : `${progress.phase} ${progress.step}/${progress.steps}`;
    if (io.interactive) process.stderr.write(`\r\u001b[K${label}: ${doing}`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
