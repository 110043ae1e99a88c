import { normalForm } from './normal-form';
import type { Genome } from './schema';
import { sha256Hex } from './sha256';

/**
 * Canonical JSON (RFC 8785) of values made of objects, lists, texts, booleans and safe integers: keys sorted by
 * UTF-16 units, no spaces. Python gets the same text from `json.dumps(sort_keys=True, separators=(',', ':'),
 * ensure_ascii=False)`, because all keys are ASCII and no number is a float.
 */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).filter(([, field]) => field !== undefined);
  fields.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonicalJson(field)}`).join(',')}}`;
}

/** The text whose hash is the genome's identity: canonical JSON of the normal form. */
export function canonicalText(genome: Genome): string {
  return canonicalJson(normalForm(genome));
}

/** SHA-256 of the canonical text, 64 hexadecimal digits. */
export function genomeHash(genome: Genome): string {
  return sha256Hex(canonicalText(genome));
}
