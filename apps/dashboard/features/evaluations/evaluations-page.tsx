import { useState } from 'react';
import { Link, useNavigate } from 'react-router';
import { scored } from '../../shared/api/outcomes';
import type { Evaluation } from '../../shared/api/types';
import { ago, around, significant } from '../../shared/logic/format';
import { CopyLine } from '../../shared/ui/copy-line';
import { onRowKeys } from '../../shared/ui/keyboard';
import { Loaded } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { State } from '../../shared/ui/state';
import { useEvaluations } from './use-evaluations';

/** Every training, whoever asked for it; one genome outside any search is a sceptic's first act. */
export function EvaluationsPage() {
  usePageTitle('Evaluations');
  const evaluations = useEvaluations();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Evaluations</h1>
        <span className="muted">one training of one genome, and its scores</span>
      </div>
      <div>
        <CopyLine
          command="npx asterism evaluate my-genome.json"
          note="train and score a single genome, outside any search"
        />
      </div>
      <Loaded query={evaluations} what="evaluations">
        {({ items }) =>
          items.length === 0 ? (
            <p className="muted">No evaluation yet.</p>
          ) : (
            <EvaluationsTable items={items} />
          )
        }
      </Loaded>
    </div>
  );
}

function EvaluationsTable({ items }: { readonly items: readonly Evaluation[] }) {
  const navigate = useNavigate();
  const [now] = useState(() => Date.now());
  return (
    <div className="scroll-x">
      <table>
        <thead>
          <tr>
            <th scope="col">Evaluation</th>
            <th scope="col">State</th>
            <th scope="col">Genome</th>
            <th scope="col">Suite</th>
            <th scope="col" className="num">
              Quality
            </th>
            <th scope="col" className="num">
              Made
            </th>
          </tr>
        </thead>
        <tbody onKeyDown={(event) => onRowKeys(event, { open: (id) => void navigate(`/evaluations/${id}`) })}>
          {items.map((evaluation, index) => {
            const quality = scored(evaluation)?.quality;
            return (
              <tr key={evaluation.id} data-row={evaluation.id} tabIndex={index === 0 ? 0 : -1}>
                <th scope="row">
                  <Link to={`/evaluations/${evaluation.id}`}>
                    <code>…{evaluation.id.slice(-8)}</code>
                  </Link>
                </th>
                <td>
                  <State
                    state={evaluation.outcome?.status === 'failed' ? 'failed' : evaluation.state}
                    detail={evaluation.outcome?.status === 'failed' ? evaluation.outcome.class : undefined}
                  />
                </td>
                <td>
                  <code>{evaluation.genomeHash.slice(0, 12)}</code>
                </td>
                <td>
                  {evaluation.suite}, {evaluation.tier}
                </td>
                <td className="num">
                  {quality ? significant(quality.value) : '–'}
                  {quality && (
                    <span className="pm"> {around(quality.value, [quality.low, quality.high])}</span>
                  )}
                </td>
                <td className="num muted">{ago(evaluation.createdAt, now)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
