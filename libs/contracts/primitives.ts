import { z } from 'zod';

/** Version of the worker protocol. A worker of another version is refused with the remedy. */
export const contractVersion = 2;

/** Version of the training recipe as the workers know it: results of other versions are other work. */
export const trainerVersion = '2';

const ulid = '[0-9a-hjkmnp-tv-z]{26}';

/** Prefixed, sortable id: ULID in lower case after the noun. */
export const idOf = <P extends string>(prefix: P) => z.string().regex(new RegExp(`^${prefix}_${ulid}$`));

export const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);
export const Count = z.int().min(0);
export const Positive = z.int().min(1);
/** Zod refuses NaN and both infinities: they are illegal in every message and become a failure class. */
export const Finite = z.number();
/** [low, high]. */
export const Interval = z.array(Finite).length(2);
/** RFC 3339 in UTC. */
export const Time = z.iso.datetime();
export const Label = z.string().min(1).max(200);
/** A genome in normal form as plain JSON: the receiver hashes it before it parses it. */
export const GenomeJson = z.record(z.string(), z.unknown());

/** Why something that was tried gave no values; the rules per class are in the design, §9. */
export const FailureClass = z.enum([
  'transient',
  'out-of-memory',
  'diverged',
  'timeout',
  'poison',
  'unsupported',
  'refused',
]);
export type FailureClass = z.infer<typeof FailureClass>;
