import type { ECharts } from 'echarts/core';
import { useMemo } from 'react';
import type { SearchDetail } from '../../shared/api/types';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { usePalette, type Palette } from '../../shared/chart/palette';
import { wantsLog } from '../../shared/chart/ramp';
import { commonScale, significant } from '../../shared/logic/format';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import { withValues, type PlotPoint } from './points';

/** Every objective as an upright axis, better always up; a range drawn on an axis becomes the selection. */
export function ParallelChart({
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
  const metrics = useMemo(() => search.objectives.map((o) => o.metric), [search.objectives]);
  const shown = useMemo(
    () =>
      ordered(
        withValues(points, metrics).filter((p) => p.state === 'finished'),
        view.selection,
      ),
    [points, metrics, view.selection],
  );
  const option = useMemo(() => parallelOption(search, shown, view, palette), [search, shown, view, palette]);
  const events = {
    axisareaselected: (_: unknown, chart: ECharts) => {
      const series = (chart as unknown as ModelHolder).getModel().getSeriesByIndex(0);
      const active = series.getRawIndicesByActiveState('active');
      change({ selection: new Set(active.length === shown.length ? [] : active.map((i) => shown[i]!.n)) });
    },
  };
  return (
    <ChartFrame
      title="Parallel coordinates"
      summary={`${shown.length} finished candidates across ${metrics.length} objectives, better always up.`}
      option={option}
      height={250}
      data={{
        head: ['n', 'name', ...metrics],
        rows: shown.map((p) => [p.n, p.name ?? '', ...metrics.map((m) => p.value(m))]),
      }}
      events={events}
      note="Better is up on every axis. Drag along an axis to select."
    />
  );
}

/** The part of ECharts' model that knows which lines pass through the drawn ranges; not in its public types. */
interface ModelHolder {
  getModel(): { getSeriesByIndex(index: number): { getRawIndicesByActiveState(state: 'active'): number[] } };
}

/** Later lines lie on top: pale first, then the front, then the selection. */
function ordered(points: readonly PlotPoint[], selection: ReadonlySet<number>): readonly PlotPoint[] {
  const level = (p: PlotPoint) => (selection.has(p.n) ? 2 : p.onFront ? 1 : 0);
  return [...points].sort((a, b) => level(a) - level(b));
}

function parallelOption(
  search: SearchDetail,
  points: readonly PlotPoint[],
  view: SearchView,
  palette: Palette,
) {
  const axes = search.objectives.map(({ metric, direction }, dim) => {
    const values = points.map((p) => p.value(metric)!);
    const scale = commonScale(values, describeMetric(metric).unit);
    const log = wantsLog(values);
    return {
      scale,
      metric,
      axis: {
        dim,
        name: metricTitle(metric, scale.unit),
        type: log ? 'log' : 'value',
        scale: true,
        inverse: direction === 'minimize',
        ...(log
          ? { min: Math.min(...values) / scale.divisor, max: Math.max(...values) / scale.divisor }
          : {}),
        // An inverse axis begins at the top; the name stands over the axis either way.
        nameLocation: direction === 'minimize' ? 'start' : 'end',
        nameGap: 14,
        nameTextStyle: { color: palette.muted, fontFamily: palette.sans, fontSize: 12 },
        axisLine: { lineStyle: { color: palette['line-strong'] } },
        axisTick: { lineStyle: { color: palette['line-strong'] } },
        minorTick: { show: false },
        axisLabel: {
          color: palette.muted,
          fontFamily: palette.mono,
          fontSize: 11,
          textBorderColor: palette.paper,
          textBorderWidth: 3,
          formatter: (v: number) => significant(v),
        },
        areaSelectStyle: { width: 14, color: palette.accent, borderColor: palette.accent, opacity: 0.2 },
      },
    };
  });
  const none = view.selection.size === 0;
  // A thousand opaque lines are a wall; thinner ink keeps where they are dense and where not.
  const thin = Math.min(0.5, 20 / Math.sqrt(points.length + 1) / 8);
  const style = (p: PlotPoint) => {
    if (view.selection.has(p.n)) return { color: palette.accent, opacity: 1, width: 2 };
    if (p.onFront) return { color: palette.ink, opacity: none ? 0.75 : 0.25, width: 1.25 };
    return { color: palette['point-pale'], opacity: (none ? 1 : 0.5) * thin, width: 1 };
  };
  return {
    animation: false,
    parallel: { left: 70, right: 90, top: 34, bottom: 18 },
    parallelAxis: axes.map(({ axis }) => axis),
    series: [
      {
        id: 'candidates',
        type: 'parallel',
        // Greys out what a drawn range leaves, without hiding it.
        inactiveOpacity: 0.06,
        activeOpacity: 1,
        smooth: false,
        // In one go: drawn in slices, the front would come last or, on a still, not at all.
        progressive: 0,
        data: points.map((p) => ({
          value: axes.map(({ metric, scale }) => p.value(metric)! / scale.divisor),
          lineStyle: style(p),
        })),
      },
    ],
  };
}
