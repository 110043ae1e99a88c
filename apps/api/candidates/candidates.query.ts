import { z } from 'zod';

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
const states = ['queued', 'profiling', 'training', 'finished', 'infeasible', 'failed', 'cancelled'];
const origins = ['start', 'baseline', 'initial', 'variation', 'random'];
const among = (allowed: readonly string[]) =>
  z
    .string()
    .transform(list)
    .refine((values) => values.every((value) => allowed.includes(value)), {
      message: `allowed: ${allowed.join(', ')}`,
    });

/** Query of a list of candidates. `sort` is n, rank, createdAt or a metric. */
export const CandidatesQuery = z.strictObject({
  sort: z.string().min(1).max(160).default('n'),
  order: z.enum(['asc', 'desc']).default('asc'),
  state: among(states).optional(),
  origin: among(origins).optional(),
  q: z.string().max(200).optional(),
  front: z.enum(['true', 'false']).optional(),
  n: z
    .string()
    .regex(/^\d{1,7}(,\d{1,7}){0,199}$/)
    .transform((text) => list(text).map(Number))
    .optional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
  cursor: z.string().max(1000).optional(),
  format: z.enum(['json', 'csv', 'jsonl']).default('json'),
  fields: z.enum(['all', 'points']).default('all'),
});
export type CandidatesQuery = z.output<typeof CandidatesQuery>;

export const candidateQueryDocs = {
  sort: 'n, rank, createdAt or a metric; rows without a value come last in both orders',
  order: 'asc or desc',
  state: 'comma-separated states',
  origin: 'comma-separated origins',
  q: 'part of name or code, #n, or the beginning of a hash',
  front: 'true: members of the front only',
  n: 'only these, comma-separated',
  limit: '1 to 200, default 50',
  cursor: '`next` of the page before',
  format: 'json, csv or jsonl; the last two hold all rows',
  fields: 'points: all candidates as columns, for drawing',
};
