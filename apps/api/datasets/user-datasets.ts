import type { Readable } from 'node:stream';
import { refuse, succeed, type Problem, type Result } from '@asterism/genome';
import {
  exampleShapes,
  headerOf,
  isUserKind,
  parseExample,
  userDataOf,
  type Example,
  type UserData,
  type UserKind,
} from '@asterism/search';
import type { ArtifactStore } from '../artifacts/artifact-store';
import { lines, type Line } from './lines';

interface Registered {
  readonly name: string;
  readonly kind: string;
  readonly sha256: string;
}

/** Facts of the registered pairs, choices and series. Bytes never change, so each file is read once. */
export class UserDatasets {
  private readonly known = new Map<string, UserData | undefined>();

  constructor(private readonly store: ArtifactStore) {}

  /** Those of `datasets` that are a user's, by name; none where the bytes are gone or are no such file. */
  async of(datasets: readonly Registered[]): Promise<[string, UserData][]> {
    const found: [string, UserData][] = [];
    for (const { name, kind, sha256 } of datasets) {
      const data = isUserKind(kind) ? await this.facts(kind, sha256) : undefined;
      if (data !== undefined) found.push([name, data]);
    }
    return found;
  }

  private async facts(kind: UserKind, sha256: string): Promise<UserData | undefined> {
    const key = `${kind}/${sha256}`;
    if (this.known.has(key)) return this.known.get(key);
    const stored = await this.store.open(sha256);
    if (stored === undefined) return undefined;
    const read = await readUserData(kind, stored.stream());
    const data = read.ok ? read.value : undefined;
    this.known.set(key, data);
    return data;
  }
}

/** The facts of a file, or the first line that does not belong. */
export async function readUserData(kind: UserKind, stream: Readable): Promise<Result<UserData>> {
  const examples: Example[] = [];
  for await (const line of lines(stream)) {
    const read = line.number === 1 ? headed(kind, line) : exampleOf(kind, line);
    if (!read.ok) return read;
    examples.push(...read.value);
  }
  return succeed(userDataOf(kind, examples));
}

function headed(kind: UserKind, { json }: Line): Result<readonly Example[]> {
  return JSON.stringify(json) === headerOf(kind)
    ? succeed([])
    : refuse([problem(1, '', 'no header', headerOf(kind))]);
}

function exampleOf(kind: UserKind, { number, json }: Line): Result<readonly Example[]> {
  const parsed = parseExample(kind, json);
  if (parsed.ok) return succeed([parsed.value]);
  const { pointer, message, allowed } = parsed.problems[0]!;
  return refuse([problem(number, pointer, message, allowed ?? exampleShapes[kind])]);
}

function problem(line: number, pointer: string, message: string, allowed: string): Problem {
  const where = pointer === '' ? '' : `, ${pointer}`;
  return { pointer: '/sha256', code: 'not-examples', message: `line ${line}${where}: ${message}`, allowed };
}
