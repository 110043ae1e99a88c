import { createHash } from 'node:crypto';

export const splits = ['train', 'select', 'report'] as const;
export type Split = (typeof splits)[number];
export type BySplit<T> = Readonly<Record<Split, T>>;

const BUCKETS = 10n;

/** Of ten buckets eight train, one is what the engine sees, one is opened to confirm: as in asterism.data.splits. */
export function splitOf(key: string): Split {
  const bucket = createHash('sha256').update(key).digest().readBigUInt64BE() % BUCKETS;
  return bucket < 8n ? 'train' : bucket < 9n ? 'select' : 'report';
}
