import type { EvaluationScored, EvaluationWork } from '@asterism/contracts';
import type { WorkRow } from '../leases/work';

/** A finished training with its scores. */
export interface ScoredWork {
  readonly row: WorkRow;
  readonly work: EvaluationWork;
  readonly outcome: EvaluationScored;
}

export function scoredOutcome({ state, outcome }: WorkRow): EvaluationScored | undefined {
  return state === 'finished' && outcome?.status === 'scored' ? outcome : undefined;
}

export function scoredWork(row: WorkRow): ScoredWork | undefined {
  const outcome = scoredOutcome(row);
  return row.kind === 'evaluation' && outcome
    ? { row, work: row.work as EvaluationWork, outcome }
    : undefined;
}

/** What has to be equal for two scores to mean the same; `what` names it for people. */
export function circumstances({ work }: ScoredWork): readonly { what: string; value: string }[] {
  return [
    { what: 'suite', value: `${work.suite} version ${work.suiteVersion}` },
    { what: 'tier', value: work.tier },
    { what: 'trainer version', value: work.trainerVersion },
    { what: 'rungs', value: work.rungs.join(', ') },
    { what: 'split', value: work.split },
    {
      what: 'datasets',
      value: work.datasets.map(({ name, sha256 }) => `${name} ${sha256.slice(0, 8)}`).join(', '),
    },
  ];
}

/** Why scores are not comparable, in words; undefined where they are. */
export function apartBy(
  a: { readonly id: string; readonly of: ScoredWork },
  b: { readonly id: string; readonly of: ScoredWork },
): string | undefined {
  const theirs = circumstances(b.of);
  const at = circumstances(a.of).findIndex(({ value }, index) => value !== theirs[index]?.value);
  if (at < 0) return undefined;
  const mine = circumstances(a.of)[at]!;
  return `${a.id} has ${mine.what} ${mine.value}, ${b.id} has ${mine.what} ${theirs[at]!.value}`;
}
