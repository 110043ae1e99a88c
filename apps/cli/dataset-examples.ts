import { readFileSync, statSync } from 'node:fs';
import { basename, extname } from 'node:path';
import {
  dropped,
  encodeExamples,
  exampleShapes,
  fitTo,
  lackOf,
  parseExample,
  tierNames,
  tiers,
  userDataOf,
  type Example,
  type UserData,
  type UserKind,
} from '@asterism/search';
import { csvSeries } from './dataset-csv';
import { CliError } from './errors';

export interface UserDataset {
  readonly name: string;
  readonly bytes: Buffer;
  /** What people should know of it, a line each. */
  readonly notes: readonly string[];
}

/** A file of pairs, choices or series as the service keeps it, with what each tier makes of it. */
export function userDataset(path: string, kind: UserKind, name?: string): UserDataset {
  if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true)
    throw new CliError(`cannot read ${path}`, `give a file of ${kind}`);
  const examples = read(path, kind);
  const data = userDataOf(kind, examples);
  const lacks = tierNames.map((tier) => ({ tier, lack: lackOf(data, tiers[tier].context) }));
  const last = lacks.at(-1)?.lack;
  if (last !== undefined && lacks.every(({ lack }) => lack !== undefined))
    throw new CliError(`${path} is too small: ${last.message}`, `needed: ${last.needed}`);
  const task = `${kind}:${name ?? nameOf(path)}`;
  return {
    name: name ?? nameOf(path),
    bytes: Buffer.from(encodeExamples(kind, examples)),
    notes: [
      ...repeated(data, examples.length),
      ...tierNames.map((tier) => inTier(data, tier)),
      `Name it in a search: "datasets": [..., "${name ?? nameOf(path)}"], and as an objective: { "maximize": "tasks.${task}" }`,
    ],
  };
}

export function nameOf(path: string): string {
  return basename(path, extname(path))
    .toLowerCase()
    .replace(/[^a-z0-9-]+/g, '-');
}

function repeated({ examples }: UserData, given: number): string[] {
  const times = given - examples;
  return times === 0 ? [] : [`${times} of ${given} are repetitions and count once`];
}

function inTier(data: UserData, tier: (typeof tierNames)[number]): string {
  const { context } = tiers[tier];
  const lack = lackOf(data, context);
  if (lack !== undefined) return `tier ${tier}: too small (${lack.message}; needed: ${lack.needed})`;
  const { length, counts } = fitTo(data, context);
  const what = data.kind === 'series' ? 'windows' : data.kind;
  const left = dropped(data, context);
  const long = left === 0 ? '' : `; ${left} of ${data.examples} are too long and left out`;
  return `tier ${tier}: rows of ${length} tokens, ${counts.train} ${what} to train, ${counts.select} to select, ${counts.report} to report${long}`;
}

function read(path: string, kind: UserKind): Example[] {
  const text = readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  const found =
    kind === 'series' && extname(path) === '.csv' ? csvSeries(path, text) : jsonLines(path, kind, text);
  if (found.length === 0) throw new CliError(`${path} is empty`, `each line is ${exampleShapes[kind]}`);
  return found;
}

function jsonLines(path: string, kind: UserKind, text: string): Example[] {
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    const parsed = parseExample(kind, asWritten(kind, jsonOf(line, `${path}:${at + 1}`, kind), at + 1));
    if (parsed.ok) return [parsed.value];
    const { pointer, message, allowed } = parsed.problems[0]!;
    const field = pointer === '' ? '' : `, field ${pointer.slice(1)}`;
    throw new CliError(`${path}:${at + 1}${field}: ${message}`, `allowed: ${allowed ?? exampleShapes[kind]}`);
  });
}

function jsonOf(line: string, where: string, kind: UserKind): unknown {
  try {
    return JSON.parse(line) as unknown;
  } catch (error) {
    throw new CliError(`${where}: no JSON (${(error as Error).message})`, `allowed: ${exampleShapes[kind]}`);
  }
}

/** The spellings that people have: `question` for `prompt`; a series as a bare list, or without a name. */
function asWritten(kind: UserKind, json: unknown, line: number): unknown {
  if (kind === 'series' && Array.isArray(json)) return { name: `line ${line}`, values: json as unknown[] };
  if (typeof json !== 'object' || json === null) return json;
  if (kind === 'series') return { name: `line ${line}`, ...json };
  if (kind !== 'choices' || !('question' in json) || 'prompt' in json) return json;
  const { question, ...rest } = json;
  return { prompt: question, ...rest };
}
