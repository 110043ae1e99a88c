import type {
  Evaluation,
  EvaluationOutcome,
  EvaluationWork,
  Profile,
  ProfileOutcome,
} from '@asterism/contracts';
import type { WorkRow } from '../leases/work';

const life = (row: WorkRow) => ({
  dispatch: row.dispatch,
  epoch: row.epoch,
  losses: row.losses,
  ...(row.workerId === null ? {} : { worker: row.workerId }),
  ...(row.progress === null ? {} : { progress: row.progress }),
  createdAt: row.createdAt.toISOString(),
  startedAt: row.startedAt?.toISOString() ?? null,
  finishedAt: row.finishedAt?.toISOString() ?? null,
});

export function evaluationView(row: WorkRow): Evaluation {
  const { tier, suite, suiteVersion, replicate, split } = row.work as EvaluationWork;
  const { id, state, genomeHash, numericClass } = row;
  const outcome = row.outcome === null ? {} : { outcome: row.outcome as EvaluationOutcome };
  return {
    id,
    state,
    genomeHash,
    tier,
    suite,
    suiteVersion,
    replicate,
    split,
    numericClass: numericClass ?? '',
    ...life(row),
    ...outcome,
  };
}

export function profileView(row: WorkRow): Profile {
  const { id, state, genomeHash, target } = row;
  const outcome = row.outcome === null ? {} : { outcome: row.outcome as ProfileOutcome };
  return { id, state, genomeHash, target, ...life(row), ...outcome };
}
