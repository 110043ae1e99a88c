import { Link } from 'react-router';
import type { Objective } from '../../shared/api/types';
import { around, withUnit } from '../../shared/logic/format';
import { describeMetric } from '../../shared/logic/metrics';
import { bestWords } from './front-words';
import { pointName, type PlotPoint } from './points';

const MOST_SHOWN = 5;

/** What is selected, in figures; with nothing selected, what the search has found, in words. */
export function SelectionPanel({
  points,
  objectives,
  selection,
  clear,
}: {
  readonly points: readonly PlotPoint[];
  readonly objectives: readonly Objective[];
  readonly selection: ReadonlySet<number>;
  readonly clear: () => void;
}) {
  const chosen = points.filter((p) => selection.has(p.n));
  if (chosen.length === 0) return <Words points={points} objectives={objectives} />;
  return (
    <section className="peek" aria-label="Selection">
      <div className="row">
        <h2>Selected</h2>
        <span className="muted small num">{chosen.length}</span>
        <CompareLink chosen={chosen} />
        <button type="button" className="small quiet push" onClick={clear}>
          clear
        </button>
      </div>
      {chosen.slice(0, MOST_SHOWN).map((point) => (
        <article key={point.n}>
          <h3>
            <Link to={`/candidates/${point.id}`}>{pointName(point)}</Link>{' '}
            <span className="muted small">
              {point.state === 'finished' ? (point.onFront ? 'front' : 'dominated') : point.state}
            </span>
          </h3>
          <dl>
            {objectives.map(({ metric }) => (
              <div key={metric}>
                <dt>{describeMetric(metric).short}</dt>
                <dd className="num">
                  {withUnit(point.value(metric), describeMetric(metric).unit)}
                  {describeMetric(metric).unit === '' && (
                    <span className="pm"> {around(point.value(metric), point.interval(metric))}</span>
                  )}
                </dd>
              </div>
            ))}
          </dl>
        </article>
      ))}
      {chosen.length > MOST_SHOWN && (
        <p className="muted small">and {chosen.length - MOST_SHOWN} more, marked in the table</p>
      )}
    </section>
  );
}

/** Two to five finished ones have a page side by side. */
function CompareLink({ chosen }: { readonly chosen: readonly PlotPoint[] }) {
  const scored = chosen.filter(({ state }) => state === 'finished');
  if (scored.length < 2) return null;
  if (scored.length > MOST_SHOWN)
    return <span className="muted small">compare takes up to {MOST_SHOWN}</span>;
  return (
    <Link className="small" to={`/compare?of=${scored.map(({ id }) => id).join(',')}`}>
      compare
    </Link>
  );
}

function Words({
  points,
  objectives,
}: {
  readonly points: readonly PlotPoint[];
  readonly objectives: readonly Objective[];
}) {
  const best = bestWords(points, objectives);
  return (
    <section aria-label="Best of each objective">
      <h2>Best of each objective</h2>
      {best.length === 0 ? (
        <p className="muted">Nothing is finished yet.</p>
      ) : (
        <ul className="words">
          {best.map(({ metric, text }) => (
            <li key={metric}>{text}</li>
          ))}
        </ul>
      )}
    </section>
  );
}
