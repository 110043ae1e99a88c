import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { parseSpace, type Space } from '@asterism/genome';
import { checkout } from './connection';
import { CliError } from './errors';
import { readJson, refuse } from './input';

/** A space from a file, or by name from genomes/spaces/ of this checkout. */
export function localSpace(reference: string): Space {
  const root = checkout();
  const named = root === undefined ? undefined : join(root, 'genomes', 'spaces', `${reference}.json`);
  const path = existsSync(reference)
    ? reference
    : named !== undefined && existsSync(named)
      ? named
      : undefined;
  if (path === undefined)
    throw new CliError(`no space '${reference}'`, 'give a path, or a name of genomes/spaces/');
  const file = readJson(path);
  const parsed = parseSpace(file.value);
  if (!parsed.ok) throw refuse(file, parsed.problems);
  return parsed.value;
}
