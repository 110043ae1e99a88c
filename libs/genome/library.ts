import { z } from 'zod';
import { parseGenome, record } from './parse';
import { int } from './operators/operator';
import { problemsOf, depthProblem } from './problems';
import { type Result, refuse, succeed } from './result';
import type { DeepReadonly, Genome } from './schema';

const metaSchema = z.strictObject({
  title: z.string().min(1).max(200),
  /** Where the hyperparameters come from. */
  source: z.string().min(1).max(1000),
  /** `full`: at its released size; `nano`: a motif at trial size that searches can start from. */
  size: z.enum(['full', 'nano']),
  /** The context, in tokens, that windows and long kernels are written for. */
  context: int(16, 2 ** 24),
  /** Total parameters as published or counted from released weights, when known. */
  parameters: z.int().positive().optional(),
  /** Of a large one: the motif that stands for it at trial size. */
  nano: z.string().max(200).optional(),
  note: z.string().max(2000).default(''),
});

export interface LibraryEntry {
  readonly genome: Genome;
  readonly meta: DeepReadonly<z.output<typeof metaSchema>>;
}

/** A file of genomes/library/, `{ genome, meta }`, or every problem. Reading files is the caller's. */
export function parseLibraryEntry(document: unknown): Result<LibraryEntry> {
  const deep = depthProblem(document);
  if (deep) return refuse([deep]);
  const file = record(document);
  const meta = metaSchema.safeParse(file?.['meta']);
  const genome = parseGenome(file?.['genome']);
  const problems = [
    ...(meta.success
      ? []
      : problemsOf(meta.error, file?.['meta']).map((p) => ({ ...p, pointer: `/meta${p.pointer}` }))),
    ...(genome.ok ? [] : genome.problems.map((p) => ({ ...p, pointer: `/genome${p.pointer}` }))),
  ];
  return meta.success && genome.ok ? succeed({ genome: genome.value, meta: meta.data }) : refuse(problems);
}
