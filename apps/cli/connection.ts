import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { CliError } from './errors';

export interface Connection {
  readonly url: string;
  readonly token: string;
}

/** The checkout this command was built in, or undefined when it was installed apart. */
export function checkout(): string | undefined {
  for (let folder = __dirname; folder !== dirname(folder); folder = dirname(folder)) {
    if (existsSync(join(folder, 'genomes', 'library'))) return folder;
  }
  return undefined;
}

interface StateModule {
  readonly stateDir: () => string;
  readonly venvDir: () => string;
}

export interface LocalPaths {
  readonly state: string;
  readonly venv: string;
}

/** `scripts/state.mjs` alone knows where the state lies; it is imported, not copied. */
export async function localPaths(): Promise<LocalPaths | undefined> {
  const root = checkout();
  const module = root === undefined ? undefined : join(root, 'scripts', 'state.mjs');
  if (module === undefined || !existsSync(module)) return undefined;
  const { stateDir, venvDir } = (await import(pathToFileURL(module).href)) as StateModule;
  return { state: stateDir(), venv: venvDir() };
}

function readTrimmed(file: string): string | undefined {
  return existsSync(file) ? readFileSync(file, 'utf8').trim() : undefined;
}

/** What `npm start` left in the state directory of this checkout; a file that is not there is undefined. */
async function fromState(...name: string[]): Promise<string | undefined> {
  const paths = await localPaths();
  return paths === undefined ? undefined : readTrimmed(join(paths.state, ...name));
}

/** Address and token: the environment first, then the state directory. */
export async function connect(): Promise<Connection> {
  const token = process.env['ASTERISM_TOKEN'] ?? (await fromState('tokens', 'admin'));
  if (token === undefined || token === '') {
    throw new CliError('no access token', 'set ASTERISM_TOKEN, or run `npm start` here first');
  }
  const url = process.env['ASTERISM_URL'] ?? (await fromState('url')) ?? 'http://127.0.0.1:7700';
  return { url: url.replace(/\/+$/, ''), token };
}
