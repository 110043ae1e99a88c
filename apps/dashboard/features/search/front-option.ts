import type { CustomSeriesRenderItem } from 'echarts';
import type { Objective } from '../../shared/api/types';
import { GRID, tipElement, tooltip, xAxis, yAxis } from '../../shared/chart/axis';
import type { Palette } from '../../shared/chart/palette';
import { fractionOf, rampColor, wantsLog } from '../../shared/chart/ramp';
import { commonScale, halfWidth, significant, type Scale } from '../../shared/logic/format';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import { provisionalReference, staircase, type Point } from '../../shared/logic/staircase';
import { isNamed, pointName, withValues, type PlotPoint } from './points';

export interface FrontInput {
  readonly points: readonly PlotPoint[];
  readonly objectives: readonly Objective[];
  readonly view: SearchView;
  readonly palette: Palette;
  readonly reference: Readonly<Record<string, number>> | null;
}

interface Item {
  readonly value: readonly [number, number];
  readonly point: PlotPoint;
}

const SIZE = 9;
const [SMALLEST, LARGEST] = [6, 20];

/** The scatter of two objectives with the staircase that their hypervolume measures. */
export function frontOption(input: FrontInput) {
  const { points, view, palette } = input;
  const shown = withValues(points, [view.x, view.y]);
  const scales = { x: scaleOf(shown, view.x), y: scaleOf(shown, view.y) };
  const items = shown.map((point): Item => ({
    point,
    value: [point.value(view.x)! / scales.x.divisor, point.value(view.y)! / scales.y.divisor],
  }));
  const style = pointStyle(items, view, palette);
  const feasible = items.filter((item) => item.point.state === 'finished');
  const stairs = stairsOf(feasible, input, scales);
  const layers = {
    dominated: feasible.filter(({ point }) => !point.onFront && !isNamed(point)),
    infeasible: items.filter(({ point }) => point.state !== 'finished'),
    front: feasible.filter(({ point }) => point.onFront && !isNamed(point)),
    named: feasible.filter(({ point }) => isNamed(point)),
    selected: items.filter(({ point }) => view.selection.has(point.n)),
  };
  const whiskered = items.filter(
    ({ point }) => point.onFront || isNamed(point) || view.selection.has(point.n),
  );
  return {
    animationDuration: 250,
    animationDurationUpdate: 250,
    grid: { ...GRID, right: 30 },
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { data?: Item }) => (hit.data?.point ? tip(hit.data.point, input) : ''),
    },
    brush: {
      toolbox: [],
      xAxisIndex: 0,
      yAxisIndex: 0,
      brushStyle: { color: 'rgba(120,140,160,.15)', borderColor: palette.accent, borderWidth: 1 },
      outOfBrush: {},
    },
    xAxis: xAxis(palette, metricTitle(view.x, scales.x.unit), axisRange(items, 0, stairs)),
    yAxis: yAxis(palette, metricTitle(view.y, scales.y.unit), axisRange(items, 1, stairs)),
    series: [
      {
        id: 'stairs',
        type: 'line',
        silent: true,
        z: 1,
        symbol: 'none',
        data: stairs.corners.map((corner) => [corner.x, corner.y]),
        lineStyle: { color: palette.ink, width: 1.25 },
        areaStyle: { color: palette.ink, opacity: 0.035, origin: stairs.reference?.y ?? 'auto' },
      },
      scatter(
        'dominated',
        layers.dominated,
        2,
        (item) => ({
          ...style(item),
          opacity: view.encoding === 'color' ? 0.35 : 1,
          ...(view.encoding === 'color' ? {} : { color: palette['point-pale'] }),
        }),
        view,
        items,
      ),
      scatter(
        'infeasible',
        layers.infeasible,
        3,
        () => ({ color: 'transparent', borderColor: palette.faint, borderWidth: 1.25 }),
        view,
        items,
      ),
      whiskers('whiskers', whiskered, view, scales, palette),
      scatter('front', layers.front, 5, (item) => confirmedRing(item, style(item), palette), view, items),
      {
        ...scatter(
          'named',
          layers.named,
          6,
          (item) => confirmedRing(item, style(item), palette),
          view,
          items,
        ),
        symbol: (_: unknown, hit: { data: Item }) =>
          hit.data.point.origin === 'baseline' ? 'rect' : 'diamond',
        label: {
          show: true,
          position: 'right',
          distance: 6,
          formatter: (hit: { data: Item }) => hit.data.point.name ?? `#${hit.data.point.n}`,
          color: palette.ink,
          textBorderColor: palette.paper,
          textBorderWidth: 3,
          fontFamily: palette.sans,
          fontSize: 11.5,
        },
        labelLayout: { moveOverlap: 'shiftY' },
      },
      {
        id: 'selected',
        type: 'scatter',
        silent: true,
        z: 8,
        symbolSize: SIZE + 9,
        data: layers.selected.map((item) => ({ value: item.value })),
        itemStyle: { color: 'transparent', borderColor: palette.accent, borderWidth: 2 },
      },
    ],
  };
}

const scaleOf = (points: readonly PlotPoint[], metric: string) =>
  commonScale(
    points.map((point) => point.value(metric)),
    describeMetric(metric).unit,
  );

/** The two-objective staircase, in the axes' scales; until the reference point is fixed, a provisional one. */
function stairsOf(feasible: readonly Item[], input: FrontInput, scales: { x: Scale; y: Scale }) {
  const { view, objectives, reference } = input;
  const direction = (metric: string) => objectives.find((o) => o.metric === metric)?.direction ?? 'minimize';
  const dots = feasible.map(({ value: [x, y] }) => ({ x, y }));
  if (dots.length === 0) return { corners: [], reference: null };
  const [x, y] = [reference?.[view.x], reference?.[view.y]];
  const limit: Point =
    x === undefined || y === undefined
      ? provisionalReference(dots, direction(view.x), direction(view.y))
      : { x: x / scales.x.divisor, y: y / scales.y.divisor };
  return { corners: staircase(dots, direction(view.x), direction(view.y), limit), reference: limit };
}

/** The axis spans all points and the corners of the staircase, with a little air; wide ranges read by logarithm. */
function axisRange(items: readonly Item[], index: 0 | 1, stairs: { readonly corners: readonly Point[] }) {
  const values = [
    ...items.map((item) => item.value[index]),
    ...stairs.corners.map((corner) => (index === 0 ? corner.x : corner.y)),
  ];
  if (values.length === 0) return {};
  if (wantsLog(values))
    return { type: 'log', min: Math.min(...values) / 1.4, max: Math.max(...values) * 1.2 };
  const span = Math.max(...values) - Math.min(...values) || 1;
  return {
    scale: true,
    min: nice(Math.min(...values) - span * 0.05, span, Math.floor),
    max: nice(Math.max(...values) + span * 0.04, span, Math.ceil),
  };
}

/** A limit on a round figure, so that the first and last tick stand at the corners of the plot. */
function nice(value: number, span: number, round: (x: number) => number): number {
  const step = 10 ** Math.floor(Math.log10(span)) / 2;
  const limit = round(value / step) * step;
  return limit < 0 && value > 0 ? 0 : Number(limit.toPrecision(6));
}

function pointStyle(items: readonly Item[], view: SearchView, palette: Palette) {
  const { z } = view;
  if (z === null || view.encoding !== 'color') return () => ({ color: palette.point });
  const fraction = fractionOf(items.map(({ point }) => point.value(z)));
  return ({ point }: Item) => {
    const value = point.value(z);
    return { color: value === null ? palette.faint : rampColor(palette, fraction(value)) };
  };
}

function sizeOf(
  view: SearchView,
  items: readonly Item[],
): number | ((_: unknown, hit: { data: Item }) => number) {
  const { z } = view;
  if (z === null || view.encoding !== 'size') return SIZE;
  const fraction = fractionOf(items.map(({ point }) => point.value(z)));
  return (_, { data }) => {
    const value = data.point.value(z);
    // Area, not radius, is what the eye compares.
    return value === null
      ? SMALLEST
      : Math.sqrt(SMALLEST ** 2 + fraction(value) * (LARGEST ** 2 - SMALLEST ** 2));
  };
}

/** Scores that hold on items the search never saw get a second outline. */
function confirmedRing({ point }: Item, style: Record<string, unknown>, palette: Palette) {
  return point.confirmed ? { ...style, borderColor: palette.good, borderWidth: 2.5 } : style;
}

function scatter(
  id: string,
  data: readonly Item[],
  z: number,
  style: (item: Item) => Record<string, unknown>,
  view: SearchView,
  all: readonly Item[],
) {
  return {
    id,
    type: 'scatter',
    z,
    symbolSize: sizeOf(view, all),
    cursor: 'pointer',
    emphasis: { scale: 1.4 },
    data: data.map((item) => ({ ...item, itemStyle: style(item) })),
  };
}

/** Intervals as hairlines through the point, in both directions where both are uncertain. */
function whiskers(
  id: string,
  items: readonly Item[],
  view: SearchView,
  scales: { x: Scale; y: Scale },
  palette: Palette,
) {
  const data = items.map(({ point, value: [x, y] }) => {
    const [xLow, xHigh] = point.interval(view.x)?.map((v) => v / scales.x.divisor) ?? [x, x];
    const [yLow, yHigh] = point.interval(view.y)?.map((v) => v / scales.y.divisor) ?? [y, y];
    return [x, y, xLow, xHigh, yLow, yHigh];
  });
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x, y] = [api.value(0) as number, api.value(1) as number];
    const line = (from: number[], to: number[]) => {
      const [a, b] = [api.coord(from), api.coord(to)];
      return {
        type: 'line' as const,
        shape: { x1: a[0]!, y1: a[1]!, x2: b[0]!, y2: b[1]! },
        style: { stroke: palette.muted, lineWidth: 1 },
      };
    };
    return {
      type: 'group',
      children: [
        line([api.value(2) as number, y], [api.value(3) as number, y]),
        line([x, api.value(4) as number], [x, api.value(5) as number]),
      ],
    };
  };
  return { id, type: 'custom', silent: true, z: 4, clip: true, renderItem, data, encode: { x: 0, y: 1 } };
}

function tip(point: PlotPoint, { objectives }: FrontInput): HTMLElement {
  const lines = objectives.map(({ metric }) => {
    const value = point.value(metric);
    const { short, unit } = describeMetric(metric);
    const scale = commonScale([value], unit);
    const figure =
      value === null
        ? '–'
        : `${significant(value / scale.divisor)} ${halfWidth(point.interval(metric), scale.divisor)}`;
    return `${short.padEnd(11)} ${figure.trim()} ${scale.unit}`;
  });
  const status =
    point.state !== 'finished'
      ? point.state
      : point.onFront
        ? point.confirmed
          ? 'front, confirmed'
          : 'front, unconfirmed'
        : 'dominated';
  return tipElement(pointName(point), [...lines, `${point.origin}, ${status}`]);
}
