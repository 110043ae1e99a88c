import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expectOk, parseGenome, type Genome } from '@asterism/genome';
import type { CandidateDetail } from '@asterism/contracts';
import type { Api } from './api';
import { checkout } from './connection';
import { CliError } from './errors';
import { readJson, refuse } from './input';

export interface NamedGenome {
  readonly name: string;
  readonly genome: Genome;
}

function libraryFile(name: string): string | undefined {
  const root = checkout();
  if (root === undefined || !/^[a-z0-9][a-z0-9.-]*$/.test(name)) return undefined;
  const path = join(root, 'genomes', 'library', `${name}.json`);
  return existsSync(path) ? path : undefined;
}

/** A library file wraps its genome with its sources; a person's file is the genome itself. */
function unwrap(value: unknown): unknown {
  return typeof value === 'object' && value !== null && 'genome' in value ? value.genome : value;
}

function fromFile(path: string): NamedGenome {
  const file = readJson(path);
  const parsed = parseGenome(unwrap(file.value));
  if (!parsed.ok) throw refuse(file, parsed.problems);
  return { name: parsed.value.name ?? path, genome: parsed.value };
}

/** A genome from a file, or by name from this checkout's library. Works without a service. */
export function localGenome(reference: string): NamedGenome {
  const path = existsSync(reference) ? reference : libraryFile(reference);
  if (path === undefined) {
    throw new CliError(
      `no genome file or library genome '${reference}'`,
      'give a path ending in .json, or a name of genomes/library/',
    );
  }
  return fromFile(path);
}

/** The same, and candidates of a running service by id. */
export async function anyGenome(api: Api, reference: string): Promise<NamedGenome> {
  if (!reference.startsWith('cand_')) return localGenome(reference);
  const candidate = await api.get<CandidateDetail>(`/v1/candidates/${reference}`);
  return { name: reference, genome: expectOk(parseGenome(candidate.genome)) };
}
