import { z } from 'zod';

/** One finding inside a problem; `pointer` is a JSON Pointer into the body or the query. */
export const ProblemItem = z.strictObject({
  pointer: z.string(),
  code: z.string(),
  message: z.string(),
  allowed: z.string().optional(),
});

/** RFC 9457, with JSON Pointers in `errors`. */
export const ProblemDocument = z.strictObject({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.string(),
  detail: z.string(),
  remedy: z.string().optional(),
  errors: z.array(ProblemItem).optional(),
});
export type ProblemDocument = z.infer<typeof ProblemDocument>;

/** A page of a list: `next` is an opaque cursor, absent on the last page. */
export const pageOf = <T extends z.ZodType>(item: T) =>
  z.strictObject({ items: z.array(item), next: z.string().optional(), total: z.int().optional() });
export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | undefined;
  readonly total?: number | undefined;
}
