/** One thing that is wrong with a document, at the place a JSON Pointer (RFC 6901) names. */
export interface Problem {
  readonly pointer: string;
  /** Stable word for programs, such as `unknown-key` or `too-big`. */
  readonly code: string;
  /** One sentence for people. */
  readonly message: string;
  /** What would have been accepted, when that can be listed. */
  readonly allowed?: string;
}

/** A value, or every problem that was found. Expected refusals are values; bugs are thrown. */
export type Result<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problems: readonly Problem[] };

export function succeed<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse<T>(problems: readonly Problem[]): Result<T> {
  return { ok: false, problems };
}

/** JSON Pointer of a path of keys and indices. */
export function toPointer(path: readonly PropertyKey[]): string {
  return path.map((part) => '/' + String(part).replaceAll('~', '~0').replaceAll('/', '~1')).join('');
}

/** The value, or an exception with every problem: for genomes our own code wrote. */
export function expectOk<T>(result: Result<T>): T {
  if (result.ok) return result.value;
  throw new Error(result.problems.map((p) => `${p.pointer || '/'}: ${p.message}`).join('; '));
}
