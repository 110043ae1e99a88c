import { existsSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { localGenome } from './genome-ref';
import type { SourceFile } from './input';
import { readJson } from './input';

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPath(reference: string): boolean {
  return reference.endsWith('.json') || reference.includes('/');
}

/**
 * The service reads no files of the person's machine: paths in `start`, `baselines` and `space`, relative to the
 * search file, are replaced by what they hold. Names stay names.
 */
export function inlineGenomes(file: SourceFile): unknown {
  if (!isRecord(file.value)) return file.value;
  const folder = dirname(file.path);
  const genome = (entry: unknown): unknown =>
    typeof entry === 'string' && isPath(entry) ? localGenome(resolve(folder, entry)).genome : entry;
  const list = (value: unknown): unknown => (Array.isArray(value) ? value.map(genome) : value);
  const { start, baselines, space, ...rest } = file.value;
  const spacePath = typeof space === 'string' && isPath(space) ? resolve(folder, space) : undefined;
  return {
    ...rest,
    ...(space === undefined
      ? {}
      : { space: spacePath !== undefined && existsSync(spacePath) ? readJson(spacePath).value : space }),
    ...(start === undefined ? {} : { start: list(start) }),
    ...(baselines === undefined ? {} : { baselines: list(baselines) }),
  };
}
