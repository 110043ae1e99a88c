/** Where a command writes. `json` is the global flag: then exactly one JSON value (or one per line) goes to stdout. */
export interface Io {
  readonly json: boolean;
  readonly interactive: boolean;
  /** Block characters for pictures: on a terminal that can (NO_COLOR and TERM=dumb say it cannot), else ASCII. */
  readonly blocks: boolean;
  out(text: string): void;
  err(text: string): void;
}

export function terminal(json: boolean): Io {
  const { env } = process;
  return {
    json,
    interactive: process.stdout.isTTY === true && !json,
    blocks: process.stdout.isTTY === true && (env['NO_COLOR'] ?? '') === '' && env['TERM'] !== 'dumb',
    out: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    err: (text) => void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  };
}

/** Prints the value as JSON with `--json`, else its human form. */
export function show(io: Io, value: unknown, human: () => string): void {
  io.out(io.json ? JSON.stringify(value, null, 2) : human());
}
