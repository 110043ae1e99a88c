import { Link } from 'react-router';
import type { CandidateRow } from '../../shared/api/types';
import type { Scale } from '../../shared/logic/format';
import { FigureValue } from '../../shared/ui/figure-value';
import { State } from '../../shared/ui/state';
import { StripMini } from '../../shared/ui/strip-mini';

export interface MetricColumn {
  readonly metric: string;
  readonly scale: Scale;
  /** Whether a value is within noise of the best finished one. */
  readonly nearBest: (n: number) => boolean;
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
      {columns.map(({ metric, scale, nearBest }) => (
        <td key={metric} className="num">
          {nearBest(row.n) && (
            <span className="near" title="best, or within noise of the best">
              ≈<span className="visually-hidden"> best within noise </span>
            </span>
          )}
          <FigureValue value={row.values[metric]} interval={row.intervals[metric]} scale={scale} />
        </td>
      ))}
    </tr>
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
