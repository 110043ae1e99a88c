import { Link } from 'react-router';
import type { CandidateDetail, CandidateRow, Objective } from '../../shared/api/types';
import { around, commonScale, significant, withUnit } from '../../shared/logic/format';
import { describeMetric, unpairedWords } from '../../shared/logic/metrics';
import { difference, verdict, type Verdict } from '../../shared/logic/verdict';
import { FigureValue } from '../../shared/ui/figure-value';
import { useRelatives } from './use-relatives';

const MARK: Readonly<Record<Verdict, string>> = { better: '▲', worse: '▼', equal: '=', 'cannot tell': '≈' };

/** The candidate's objectives, and against each baseline and parent whether it is better, worse, or cannot be told. */
export function Standing({
  candidate,
  baselines,
}: {
  readonly candidate: CandidateDetail;
  readonly baselines: readonly number[];
}) {
  const numbers = [...new Set([...baselines, ...candidate.parents])].filter((n) => n !== candidate.n);
  const others = useRelatives(candidate.searchId, numbers).data ?? [];
  return (
    <section aria-labelledby="standing-title">
      <h2 id="standing-title">Objectives</h2>
      <div className="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">Objective</th>
              <th scope="col" className="num">
                This
              </th>
              {others.map((other) => (
                <th key={other.id} scope="col" className="num">
                  against <Link to={`/candidates/${other.id}`}>{other.name ?? `#${other.n}`}</Link>
                  <div className="small">{other.origin === 'baseline' ? 'baseline' : 'parent'}</div>
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {candidate.objectives.map((objective) => (
              <ObjectiveLine
                key={objective.metric}
                objective={objective}
                candidate={candidate}
                others={others}
              />
            ))}
          </tbody>
        </table>
      </div>
      {others.length > 0 && (
        <p className="muted small">
          ▲ and ▼ where the interval of the difference leaves 0, made of the two intervals as if independent;
          exact values compare as numbers. “compare” pairs test items and seeds of scores, and may tell what
          this cannot.
        </p>
      )}
    </section>
  );
}

function ObjectiveLine({
  objective,
  candidate,
  others,
}: {
  readonly objective: Objective;
  readonly candidate: CandidateDetail;
  readonly others: readonly CandidateRow[];
}) {
  const { metric, direction } = objective;
  const { short, where, unit } = describeMetric(metric);
  const value = candidate.values[metric];
  const scale = commonScale([value], unit);
  return (
    <tr>
      <th scope="row">
        {short}{' '}
        <span className="muted small">{direction === 'maximize' ? 'more is better' : 'less is better'}</span>
        <div className="muted small">{where}</div>
      </th>
      <td className="num">
        <FigureValue value={value} interval={candidate.intervals[metric]} scale={scale} /> {scale.unit}
      </td>
      {others.map((other) => {
        const found = verdict(measured(candidate, metric), measured(other, metric), direction);
        const known = typeof value === 'number' && typeof other.values[metric] === 'number';
        return (
          <td key={other.id} className="num">
            <div
              className={`verdict verdict-${found.replace(' ', '-')}`}
              title={found === 'cannot tell' ? unpairedWords(metric) : undefined}
            >
              <span aria-hidden="true">{MARK[found]}</span>{' '}
              {known ? inWords(found, value, other.values[metric]!, unit) : '–'}
            </div>
            <div className="muted small">
              {withUnit(other.values[metric], unit)}{' '}
              {unit === '' ? around(other.values[metric], other.intervals[metric]) : ''}
            </div>
          </td>
        );
      })}
    </tr>
  );
}

const measured = (row: CandidateRow, metric: string) => ({
  value: row.values[metric],
  interval: row.intervals[metric],
});

/** Noise is never given a size: only a difference that is one says how large it is. */
function inWords(found: Verdict, a: number, b: number, unit: string): string {
  if (found === 'cannot tell') return 'cannot tell';
  if (found === 'equal') return 'same';
  if (unit === '') return `${a > b ? '+' : '−'}${significant(Math.abs(a - b), 2)}`;
  return difference(a, b);
}
