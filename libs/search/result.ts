import { refuse, succeed, toPointer, type Result } from '@asterism/genome';
import { z } from 'zod';

/**
 * Why a decision has no complete values. `constraint`: a measurement broke a hard limit before training;
 * `missing`: an objective was not among the values; `non-finite`: a value was NaN or infinite.
 */
export const failureClasses = [
  'out-of-memory',
  'diverged',
  'timeout',
  'poison',
  'unsupported',
  'refused',
  'constraint',
  'missing',
  'non-finite',
] as const;
export type ResultClass = (typeof failureClasses)[number];

const values = z.record(z.string().max(160), z.number());
const rung = z.strictObject({ fraction: z.number().gt(0).max(1), values });

/** What came back for one decision: measured values by metric name, per rung; estimates are the engine's own. */
export const decisionResultSchema = z.discriminatedUnion('status', [
  z.strictObject({ status: z.literal('measured'), rungs: z.array(rung).min(1).max(16) }),
  z.strictObject({ status: z.literal('failed'), class: z.enum(failureClasses), values: values.optional() }),
]);
export type DecisionResult = Readonly<z.output<typeof decisionResultSchema>>;

/** Any JSON to a result; NaN and infinities are refused with their pointer. */
export function parseResult(json: unknown): Result<DecisionResult> {
  const parsed = decisionResultSchema.safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  return refuse(
    parsed.error.issues.map((i) => ({
      pointer: toPointer(i.path),
      code: 'invalid-result',
      message: i.message,
    })),
  );
}
