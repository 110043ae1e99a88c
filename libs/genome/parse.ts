import { isKind, operators } from './operators';
import { depthProblem, problemsOf } from './problems';
import { type Result, refuse, succeed } from './result';
import { genomeSchema, MAX_LIVS, type Genome } from './schema';
import { validityProblems } from './validity';

/**
 * Any JSON value to a valid genome with all defaults filled, or to every problem with its JSON Pointer.
 * Labels and groups stay as written; `normalForm` makes equal genomes equal.
 */
export function parseGenome(document: unknown): Result<Genome> {
  const early = depthProblem(document) ?? lengthProblem(document);
  if (early) return refuse([early]);
  const parsed = genomeSchema.safeParse(prefill(document));
  if (!parsed.success) return refuse(problemsOf(parsed.error, prefill(document)));
  const problems = validityProblems(parsed.data);
  return problems.length > 0 ? refuse(problems) : succeed(parsed.data);
}

/** A backbone of a million entries is one problem, found before any entry is looked at. */
function lengthProblem(document: unknown) {
  const backbone = record(document)?.['backbone'];
  if (!Array.isArray(backbone) || backbone.length <= MAX_LIVS) return undefined;
  return {
    pointer: '/backbone',
    code: 'too-big',
    message: `must be at most ${MAX_LIVS} entries, not ${backbone.length}`,
  };
}

/** Fills defaults that depend on other knobs (kvHeads = heads), which a schema cannot say. */
export function prefill(document: unknown): unknown {
  const genome = record(document);
  if (!genome || !Array.isArray(genome['backbone'])) return document;
  const backbone = genome['backbone'].map((entry: unknown) => {
    const raw = record(entry);
    return raw && isKind(raw['kind']) ? operators[raw['kind']].prefill(raw) : entry;
  });
  return { ...genome, backbone };
}

export function record(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Record<string, unknown>)
    : undefined;
}
