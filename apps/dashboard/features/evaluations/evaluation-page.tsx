import { useState } from 'react';
import { Link, useParams } from 'react-router';
import { scored } from '../../shared/api/outcomes';
import { ContextSection } from '../../shared/evaluation/context-section';
import { CurveChart } from '../../shared/evaluation/curve-chart';
import { Scores } from '../../shared/evaluation/scores';
import { Failure, Loaded } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { State } from '../../shared/ui/state';
import { useEvaluation } from './use-evaluation';
import { useEvaluationLog } from './use-evaluation-log';

export function EvaluationPage() {
  const { id = '' } = useParams();
  usePageTitle('Evaluation');
  const query = useEvaluation(id);
  return (
    <div className="stack">
      <div className="page-head">
        <p className="crumb">
          <Link to="/evaluations" data-up>
            Evaluations
          </Link>
        </p>
        <h1>
          Evaluation <code>…{id.slice(-8)}</code>
        </h1>
      </div>
      <Loaded query={query} what="evaluation">
        {(evaluation) => (
          <>
            <p>
              <State state={evaluation.state} /> genome <code>{evaluation.genomeHash.slice(0, 12)}</code>,
              suite {evaluation.suite} version {evaluation.suiteVersion}, tier {evaluation.tier}
              {evaluation.split ? `, ${evaluation.split} split` : ''}
            </p>
            <Scores
              evaluation={evaluation}
              curve={<CurveChart n={null} curve={scored(evaluation)?.curve ?? []} others={undefined} />}
            />
            {scored(evaluation) && <ContextSection id={id} label="Evaluation" />}
          </>
        )}
      </Loaded>
      <Log id={id} />
    </div>
  );
}

function Log({ id }: { readonly id: string }) {
  const [open, setOpen] = useState(false);
  const log = useEvaluationLog(id, open);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Output of the training process</summary>
      {log.isError ? (
        <Failure error={log.error} what="the log" />
      ) : (
        <pre className="block">{log.data ?? 'Loading …'}</pre>
      )}
    </details>
  );
}
