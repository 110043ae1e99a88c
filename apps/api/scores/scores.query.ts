import { z } from 'zod';

const list = (text: string): string[] => text.split(',').filter((part) => part !== '');
export const MOST_ITEMS = 5;
const MOST_ROWS = 50;

/** Query of a board: which candidates of a search, a page of them. */
export const BoardQuery = z.strictObject({
  candidates: z
    .string()
    .transform(list)
    .refine((ids) => ids.length <= MOST_ROWS, { message: `at most ${MOST_ROWS} candidates` })
    .optional(),
  front: z.enum(['true', 'false']).optional(),
  sort: z.string().min(1).max(160).default('quality'),
  order: z.enum(['asc', 'desc']).default('desc'),
  limit: z.coerce.number().int().min(1).max(MOST_ROWS).default(20),
  cursor: z.string().max(1000).optional(),
});
export type BoardQuery = z.output<typeof BoardQuery>;

export const boardQueryDocs = {
  candidates: 'only these, comma-separated ids, at most 50',
  front: 'true: members of the front only',
  sort: 'n, rank, createdAt or a metric; default quality',
  order: 'asc or desc; default desc',
  limit: '1 to 50, default 20',
  cursor: '`next` of the page before',
};

export const SheetQuery = z.strictObject({
  of: z
    .string()
    .transform(list)
    .refine((ids) => ids.length >= 1 && ids.length <= MOST_ITEMS, {
      message: `one to ${MOST_ITEMS} candidates or evaluations, comma-separated`,
    })
    .refine((ids) => new Set(ids).size === ids.length, { message: 'each may be named once' }),
});
export type SheetQuery = z.output<typeof SheetQuery>;

export const sheetQueryDocs = { of: 'one to five ids of candidates or evaluations, comma-separated' };
