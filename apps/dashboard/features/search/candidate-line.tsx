import { Link } from 'react-router';
import type { CandidateRow } from '../../shared/api/types';
import type { Scale } from '../../shared/logic/format';
import { unpairedWords } from '../../shared/logic/metrics';
import { FigureValue } from '../../shared/ui/figure-value';
import { State } from '../../shared/ui/state';
import { StripMini } from '../../shared/ui/strip-mini';
import type { Mark } from './near-best';

export interface MetricColumn {
  readonly metric: string;
  readonly scale: Scale;
  /** Whether one of the column's intervals is written as its ends, which takes room. */
  readonly lopsided: boolean;
  /** The best finished value, or one that the intervals do not tell from it. */
  readonly markOf: (n: number) => Mark | undefined;
}

export function CandidateLine({
  row,
  columns,
  selected,
  first,
  onToggle,
}: {
  readonly row: CandidateRow;
  readonly columns: readonly MetricColumn[];
  readonly selected: boolean;
  readonly first: boolean;
  readonly onToggle: () => void;
}) {
  return (
    <tr
      data-row={row.id}
      tabIndex={first ? 0 : -1}
      className={selected ? 'selected' : undefined}
      aria-selected={selected}
    >
      <td>
        <input
          type="checkbox"
          checked={selected}
          onChange={onToggle}
          aria-label={`Select candidate ${row.n}`}
        />
      </td>
      <td className="num">
        <Link to={`/candidates/${row.id}`}>{row.n}</Link>
      </td>
      <th scope="row">
        {row.name ?? <span className="muted">{row.origin}</span>}
        {row.name !== null && <span className="muted small"> {row.origin}</span>}
      </th>
      <td>
        <StripMini cells={row.backbone} />
        {row.apart !== undefined && <span className="muted small apart">{row.apart}</span>}
      </td>
      <td>
        <State state={row.state} detail={row.class} />
      </td>
      <td className="num">
        {row.onFront ? (
          <Front confirmed={row.confirmed} />
        ) : row.rank === null || row.rank === undefined ? (
          '–'
        ) : (
          row.rank
        )}
      </td>
      {columns.map(({ metric, scale, lopsided, markOf }) => (
        <td key={metric} className="num">
          <NearMark mark={markOf(row.n)} metric={metric} />
          <FigureValue
            value={row.values[metric]}
            interval={row.intervals[metric]}
            scale={scale}
            wide={lopsided}
          />
        </td>
      ))}
    </tr>
  );
}

function NearMark({ mark, metric }: { readonly mark: Mark | undefined; readonly metric: string }) {
  if (mark === undefined) return null;
  const title = mark === 'best' ? 'the best value' : `not told from the best: ${unpairedWords(metric)}`;
  return (
    <span className="near" title={title}>
      {mark === 'best' ? 'best' : '≈'}
      {mark === 'untold' && <span className="visually-hidden"> cannot be told from the best </span>}
    </span>
  );
}

function Front({ confirmed }: { readonly confirmed: boolean }) {
  return (
    <span
      className="on-front"
      title={confirmed ? 'confirmed on the report split' : 'scores are of the split that the search saw'}
    >
      front{confirmed ? ' ✓' : <span className="muted small"> unconfirmed</span>}
    </span>
  );
}
