import { useMemo } from 'react';
import { useNavigate } from 'react-router';
import type { CandidateRow, Objective, SearchDetail } from '../../shared/api/types';
import { commonScale, isLopsided } from '../../shared/logic/format';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import { onRowKeys } from '../../shared/ui/keyboard';
import { KindLegend } from '../../shared/ui/kind-legend';
import { Failure } from '../../shared/ui/loaded';
import { CandidateLine, type MetricColumn } from './candidate-line';
import type { Mark } from './near-best';
import { TableFilters } from './table-filters';
import type { PlotPoint } from './points';
import { useCandidates } from './use-candidates';
import './candidates-table.css';

/** The candidates as the server sorts and filters them; shares its selection with the charts. */
export function CandidatesTable({
  search,
  points,
  view,
  change,
  nearBest,
}: {
  readonly search: SearchDetail;
  readonly points: readonly PlotPoint[];
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
  readonly nearBest: ReadonlyMap<string, ReadonlyMap<number, Mark>>;
}) {
  const navigate = useNavigate();
  const pages = useCandidates(search.id, view);
  const rows = useMemo(() => pages.data?.pages.flatMap((page) => page.items) ?? [], [pages.data]);
  const total = pages.data?.pages[0]?.total;
  const columns = useMemo(
    () => search.objectives.map((objective) => columnOf(objective, points, nearBest)),
    [search.objectives, points, nearBest],
  );
  const toggle = (n: number) => {
    const next = new Set(view.selection);
    if (!next.delete(n)) next.add(n);
    change({ selection: next });
  };
  const rowOf = (key: string) => rows.find((row) => row.id === key);
  return (
    <section aria-labelledby="candidates-title" className="candidates">
      <div className="row">
        <h2 id="candidates-title">Candidates</h2>
        <TableFilters view={view} change={change} shown={rows.length} total={total} searchId={search.id} />
      </div>
      {pages.isError && <Failure error={pages.error} what="candidates" retry={() => void pages.refetch()} />}
      <div className="scroll-x">
        <table aria-busy={pages.isPlaceholderData}>
          <thead>
            <tr>
              <th scope="col">
                <span className="visually-hidden">Selected</span>
              </th>
              <SortHead id="n" label="#" view={view} change={change} numeric />
              <th scope="col">Name, origin</th>
              <th scope="col">Backbone</th>
              <th scope="col">State</th>
              <SortHead id="rank" label="Rank" view={view} change={change} numeric />
              {columns.map(({ metric, scale }, i) => (
                <SortHead
                  key={metric}
                  id={metric}
                  label={metricTitle(metric, scale.unit)}
                  hint={describeMetric(metric).where}
                  worstFirst={search.objectives[i]!.direction === 'maximize'}
                  view={view}
                  change={change}
                  numeric
                />
              ))}
            </tr>
          </thead>
          <tbody
            onKeyDown={(event) =>
              onRowKeys(event, {
                open: (key) => void navigate(`/candidates/${key}`),
                select: (key) => {
                  const row = rowOf(key);
                  if (row) toggle(row.n);
                },
              })
            }
          >
            {rows.map((row: CandidateRow, index) => (
              <CandidateLine
                key={row.id}
                row={row}
                columns={columns}
                selected={view.selection.has(row.n)}
                first={index === 0}
                onToggle={() => toggle(row.n)}
              />
            ))}
          </tbody>
        </table>
      </div>
      {rows.length === 0 && !pages.isPending && <p className="muted">No candidate matches.</p>}
      {pages.hasNextPage && (
        <button type="button" disabled={pages.isFetchingNextPage} onClick={() => void pages.fetchNextPage()}>
          {pages.isFetchingNextPage ? 'Loading …' : 'Show 50 more'}
        </button>
      )}
      {[...nearBest.values()].some((marks) => [...marks.values()].includes('untold')) && (
        <p className="muted small">
          ≈ cannot be told from the best by the two intervals alone. Scores can be paired: select up to five
          and follow “compare”, which goes by the same test items and seeds and may tell them apart.
          Intervals: ± half the width, or both ends where the value stands off the middle by more than a tenth
          of that.
        </p>
      )}
      <KindLegend cells={rows.flatMap((row) => row.backbone)} />
    </section>
  );
}

function columnOf(
  { metric }: Objective,
  points: readonly PlotPoint[],
  nearBest: ReadonlyMap<string, ReadonlyMap<number, Mark>>,
): MetricColumn {
  const scale = commonScale(
    points.map((p) => p.value(metric)),
    describeMetric(metric).unit,
  );
  const near = nearBest.get(metric);
  const lopsided = points.some((p) => {
    const [value, interval] = [p.value(metric), p.interval(metric)];
    return value !== null && interval !== null && isLopsided(value, interval);
  });
  return { metric, scale, lopsided, markOf: (n) => near?.get(n) };
}

function SortHead({
  id,
  label,
  hint,
  worstFirst = false,
  numeric,
  view,
  change,
}: {
  readonly id: string;
  readonly label: string;
  readonly hint?: string;
  /** True where the largest is best, so that the first click shows the best. */
  readonly worstFirst?: boolean;
  readonly numeric?: boolean;
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
}) {
  const active = view.sort === id;
  const first = worstFirst ? 'desc' : 'asc';
  const next = active && view.order === first ? (first === 'asc' ? 'desc' : 'asc') : first;
  const sorted = active ? (view.order === 'asc' ? 'ascending' : 'descending') : undefined;
  return (
    <th scope="col" className={numeric ? 'num' : undefined} aria-sort={sorted} title={hint}>
      <button type="button" className="sort" onClick={() => change({ sort: id, order: next })}>
        {label}
        <span aria-hidden="true">{active ? (view.order === 'asc' ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  );
}
