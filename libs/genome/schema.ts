import { z } from 'zod';
import { entrySchemas } from './operators';
import { int } from './operators/operator';

export const MAX_LIVS = 512;
/** LIVs after repeating; keeps every sum of parameters below 2^53. */
export const MAX_TOTAL_LIVS = 1024;

export const sizeSchema = z.strictObject({
  /** Model width d. */
  width: int(1, 65_536),
  vocab: int(2, 1_048_576),
  /** How often the backbone list is run through; sharing groups are separate in every repeat. */
  repeats: int(1, 128).default(1),
  tiedEmbeddings: z.boolean().default(true),
});

export const normSchema = z.strictObject({
  /** `rms`: gain only; `layer`: gain and bias. */
  kind: z.enum(['rms', 'layer']).default('rms'),
  eps: z.enum(['1e-5', '1e-6', '1e-8']).default('1e-5'),
  /** `sandwich`: a norm after every LIV too, before the residual sum (Gemma). */
  placement: z.enum(['pre', 'sandwich']).default('pre'),
});

const entrySchema = z.discriminatedUnion('kind', entrySchemas);

/** A genome, format 1: everything that defines the architecture, and nothing else. */
export const genomeSchema = z.strictObject({
  format: z.literal(1),
  /** A label; not part of the hash. */
  name: z.string().max(200).optional(),
  size: sizeSchema,
  norm: normSchema.prefault({}),
  /** `sqrt-width`: embeddings are multiplied by √width (Gemma). */
  embedScale: z.enum(['none', 'sqrt-width']).default('none'),
  /** Logits become softcap·tanh(logit/softcap); 0 = none. */
  finalSoftcap: int(0, 1_000_000).default(0),
  backbone: z.array(entrySchema).min(1).max(MAX_LIVS),
});

export type DeepReadonly<T> = T extends object ? { readonly [K in keyof T]: DeepReadonly<T[K]> } : T;

export type Genome = DeepReadonly<z.output<typeof genomeSchema>>;
export type Entry = Genome['backbone'][number];
export type Size = Genome['size'];
/** One LIV of a given kind. */
export type EntryOf<K extends Entry['kind']> = Extract<Entry, { readonly kind: K }>;
