import type { Evaluation, EvaluationScored } from '../api/types';
import { around, duration, integer, significant } from '../logic/format';
import { State } from '../ui/state';
import { FamiliesChart } from './families-chart';
import { TasksTable } from './tasks-table';

/** What an evaluation scored; shared by the candidate's page and that of a single evaluation. */
export function Scores({
  evaluation,
  curve,
}: {
  readonly evaluation: Evaluation;
  readonly curve?: React.ReactNode;
}) {
  const { outcome, progress } = evaluation;
  if (!outcome) {
    return (
      <p className="notice">
        <State state={evaluation.state} />
        {progress
          ? ` ${progress.phase}, step ${integer(progress.step)} of ${integer(progress.steps)}`
          : ' not scored yet'}
      </p>
    );
  }
  if (outcome.status === 'failed') {
    return (
      <p className="notice bad">
        No score: {outcome.class}. {outcome.reason}
      </p>
    );
  }
  return (
    <>
      <div className="two">
        {curve ?? null}
        <FamiliesChart outcome={outcome} />
      </div>
      <TasksTable tasks={outcome.tasks} />
      <EvaluationFacts evaluation={evaluation} outcome={outcome} />
    </>
  );
}

function EvaluationFacts({
  evaluation,
  outcome,
}: {
  readonly evaluation: Evaluation;
  readonly outcome: EvaluationScored;
}) {
  const { quality, cpuSeconds } = outcome;
  const said = (value: number | undefined) => (value === undefined ? undefined : significant(value));
  const facts: readonly (readonly [string, string | undefined])[] = [
    [
      'Quality, interval of test items',
      `${significant(quality.value)} ${around(quality.value, [quality.low, quality.high])}`,
    ],
    // Suites that read recall against binding in quality itself have no second number.
    [
      'Quality, recall against binding',
      outcome.qualityBinding === quality.value ? undefined : significant(outcome.qualityBinding),
    ],
    ['Weighted by signal-to-noise', said(outcome.weighted?.quality.value)],
    // Of a model that does nothing it is the rounding of a logarithm.
    ['Guard', said(Math.abs(outcome.guard ?? 1) < 1e-9 ? 0 : outcome.guard)],
    ['Area of the curve', said(outcome.curveArea)],
    ['Tier', evaluation.tier],
    ['Replicate', String(evaluation.replicate)],
    ['Tokens', integer(outcome.tokens)],
    ['Trained parameters', integer(outcome.parameters)],
    ['CPU time', duration(cpuSeconds.data + cpuSeconds.train + cpuSeconds.score)],
    ['Numeric class', outcome.numericClass],
  ];
  return (
    <dl className="facts">
      {facts.map(
        ([name, value]) =>
          value !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}
