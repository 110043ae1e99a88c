import type { EvaluationOutcome, EvaluationWork } from '@asterism/contracts';
import type { WorkRow } from '../leases/work';
import type { NewRow } from './requests';

const MARK = '/rungs-';

/** What the memo keys of the same training to any rungs begin with; none of one that has no trunk. */
export function trunkKey({ memoKey }: Pick<NewRow, 'memoKey'>): string | undefined {
  const at = memoKey.indexOf(MARK);
  return at === -1 ? undefined : memoKey.slice(0, at + MARK.length);
}

/**
 * The row, to go on from the trunk that the longest of the earlier trainings left: one whose rungs are the first of
 * those wanted. The result is the same bit for bit; a trunk that was removed meanwhile costs time alone.
 */
export function goingOn(row: NewRow, earlier: readonly WorkRow[]): NewRow {
  const work = row.work as EvaluationWork;
  const points = earlier.flatMap((before) => {
    const { rungs } = before.work as EvaluationWork;
    const outcome = before.outcome as EvaluationOutcome | null;
    const first = rungs.length < work.rungs.length && rungs.every((rung, at) => rung === work.rungs[at]);
    return first && outcome?.status === 'scored' && outcome.artifacts.trunk !== undefined
      ? [{ rungs: rungs.length, resume: { artifact: outcome.artifacts.trunk, step: outcome.steps } }]
      : [];
  });
  const [last] = points.sort((a, b) => b.rungs - a.rungs);
  return last === undefined ? row : { ...row, work: { ...work, resume: last.resume } };
}
