import type { ECharts } from 'echarts/core';
import { useCallback, useMemo, useRef, useState } from 'react';
import { useNavigate } from 'react-router';
import type { SearchDetail } from '../../shared/api/types';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { usePalette } from '../../shared/chart/palette';
import type { DataTable } from '../../shared/logic/csv';
import { describeMetric } from '../../shared/logic/metrics';
import { withAxis, type SearchView } from '../../shared/logic/search-view';
import { referenceOf } from './reference';
import { FrontLegend } from './front-legend';
import { frontOption } from './front-option';
import { withValues, type PlotPoint } from './points';

interface Hit {
  readonly data?: { readonly point?: PlotPoint };
  readonly event?: { readonly event?: MouseEvent };
}
interface BrushEnd {
  readonly areas: readonly {
    readonly coordRange: readonly [readonly [number, number], readonly [number, number]];
  }[];
}

export function FrontChart({
  search,
  points,
  view,
  change,
}: {
  readonly search: SearchDetail;
  readonly points: readonly PlotPoint[];
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
}) {
  const palette = usePalette();
  const navigate = useNavigate();
  const chart = useRef<ECharts>(undefined);
  const [brushing, setBrushing] = useState(false);
  const metrics = search.objectives.map((o) => o.metric);
  const option = useMemo(
    () =>
      frontOption({ points, objectives: search.objectives, view, palette, reference: referenceOf(search) }),
    [points, search, view, palette],
  );
  const select = useCallback(
    (n: number, add: boolean) => {
      const next = new Set(add ? view.selection : []);
      if (view.selection.has(n)) next.delete(n);
      else next.add(n);
      change({ selection: next });
    },
    [view.selection, change],
  );
  const events = {
    click: (hit: Hit) => {
      if (hit.data?.point) select(hit.data.point.n, hit.event?.event?.shiftKey ?? false);
    },
    dblclick: (hit: Hit) => {
      if (hit.data?.point) void navigate(`/candidates/${hit.data.point.id}`);
    },
    brushEnd: ({ areas }: BrushEnd, made: ECharts) => {
      const area = areas[0];
      made.dispatchAction({ type: 'brush', areas: [] });
      if (area) change({ selection: inside(option.series.flatMap(itemsOf), area.coordRange) });
    },
    finished: (_: unknown, made: ECharts) => {
      chart.current = made;
    },
  };
  const toggleBrush = () => {
    const on = !brushing;
    setBrushing(on);
    chart.current?.dispatchAction({
      type: 'takeGlobalCursor',
      key: 'brush',
      brushOption: on ? { brushType: 'rect', brushMode: 'single' } : { brushType: false },
    });
  };
  const front = points.filter((p) => p.onFront);
  return (
    <ChartFrame
      title="Front"
      summary={`Scatter of ${describeMetric(view.y).short} against ${describeMetric(view.x).short}: ${withValues(points, [view.x, view.y]).length} candidates, ${front.length} on the front. The table beside the downloads has the values.`}
      option={option}
      height={470}
      data={dataOf(points, metrics)}
      events={events}
      controls={
        <>
          <AxisPicker
            label="y"
            value={view.y}
            metrics={metrics}
            onChange={(m) => change(withAxis(view, 'y', m, metrics))}
          />
          <AxisPicker
            label="x"
            value={view.x}
            metrics={metrics}
            onChange={(m) => change(withAxis(view, 'x', m, metrics))}
          />
          {view.z && (
            <label className="small muted">
              {describeMetric(view.z).short} as{' '}
              <select
                value={view.encoding}
                onChange={(e) => change({ encoding: e.target.value as SearchView['encoding'] })}
              >
                <option value="color">colour</option>
                <option value="size">size</option>
                <option value="none">nothing</option>
              </select>
            </label>
          )}
          <button type="button" className="small" aria-pressed={brushing} onClick={toggleBrush}>
            Select area
          </button>
        </>
      }
      legend={<FrontLegend points={points} view={view} />}
      note={noteOf(search, front)}
    />
  );
}

function AxisPicker({
  label,
  value,
  metrics,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly metrics: readonly string[];
  readonly onChange: (metric: string) => void;
}) {
  return (
    <label className="small muted">
      {label}{' '}
      <select value={value} onChange={(event) => onChange(event.target.value)}>
        {metrics.map((metric) => (
          <option key={metric} value={metric}>
            {describeMetric(metric).short}
          </option>
        ))}
      </select>
    </label>
  );
}

type Series = ReturnType<typeof frontOption>['series'][number];
interface Dot {
  readonly n: number;
  readonly at: readonly [number, number];
}

function itemsOf(series: Series): readonly Dot[] {
  return (series.data as readonly { value?: readonly [number, number]; point?: PlotPoint }[]).flatMap(
    (item) => (item.point && item.value ? [{ n: item.point.n, at: item.value }] : []),
  );
}

function inside(
  dots: readonly Dot[],
  [[x0, x1], [y0, y1]]: BrushEnd['areas'][number]['coordRange'],
): ReadonlySet<number> {
  return new Set(dots.filter(({ at: [x, y] }) => x >= x0 && x <= x1 && y >= y0 && y <= y1).map(({ n }) => n));
}

function dataOf(points: readonly PlotPoint[], metrics: readonly string[]): DataTable {
  const head = [
    'n',
    'name',
    'origin',
    'state',
    'onFront',
    'confirmed',
    ...metrics.flatMap((m) => [m, `${m} low`, `${m} high`]),
  ];
  const rows = points.map((p) => [
    p.n,
    p.name ?? '',
    p.origin,
    p.state,
    p.onFront ? 'yes' : 'no',
    p.confirmed ? 'yes' : 'no',
    ...metrics.flatMap((m) => [p.value(m), p.interval(m)?.[0] ?? null, p.interval(m)?.[1] ?? null]),
  ]);
  return { head, rows };
}

function noteOf(search: SearchDetail, front: readonly PlotPoint[]): string {
  const confirmed = front.filter((p) => p.confirmed).length;
  const parts = [
    search.objectives.length > 2
      ? `The line is the staircase of these two objectives; marked front points are non-dominated in all ${search.objectives.length}.`
      : 'The shaded area under the staircase is the hypervolume.',
    'Quality is of the trial size, costs are of the deployment size.',
    front.length === 0
      ? ''
      : confirmed === 0
        ? 'No point is confirmed yet: scores are of the split that the search saw.'
        : `${confirmed} of ${front.length} front points are confirmed on items that the search never saw.`,
  ];
  return parts.filter((part) => part !== '').join(' ');
}
