/** Where a command writes. `json` is the global flag: then exactly one JSON value (or one per line) goes to stdout. */
export interface Io {
  readonly json: boolean;
  readonly interactive: boolean;
  out(text: string): void;
  err(text: string): void;
}

export function terminal(json: boolean): Io {
  return {
    json,
    interactive: process.stdout.isTTY === true && !json,
    out: (text) => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`),
    err: (text) => void process.stderr.write(text.endsWith('\n') ? text : `${text}\n`),
  };
}

/** Prints the value as JSON with `--json`, else its human form. */
export function show(io: Io, value: unknown, human: () => string): void {
  io.out(io.json ? JSON.stringify(value, null, 2) : human());
}
