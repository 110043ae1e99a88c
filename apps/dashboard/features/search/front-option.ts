import { GRID, tooltip, xAxis, yAxis } from '../../shared/chart/axis';
import { wantsLog } from '../../shared/chart/ramp';
import { commonScale } from '../../shared/logic/format';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import { provisionalReference, staircase, type Point } from '../../shared/logic/staircase';
import type { AxisScales, FrontInput, Item } from './front-item';
import { tip, whiskers } from './front-marks';
import { confirmedRing, pointStyle, sizeOf } from './front-style';
import { isNamed, withValues, type PlotPoint } from './points';

const SIZE = 9;
/** From here on, single dominated points matter less than where they are dense. */
const CROWD = 400;
const CROWD_SIZE = 5;

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
  const crowded = items.length > CROWD;
  const pale = crowded ? CROWD_SIZE : SIZE;
  const whiskered = items.filter(
    ({ point }) => point.onFront || isNamed(point) || view.selection.has(point.n),
  );
  return {
    animationDuration: 250,
    animationDurationUpdate: 250,
    grid: { ...GRID, right: 30 },
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { data?: Item }) => (hit.data?.point ? tip(hit.data.point, input.objectives) : ''),
    },
    brush: {
      toolbox: [],
      xAxisIndex: 0,
      yAxisIndex: 0,
      brushStyle: { color: 'rgba(120,140,160,.15)', borderColor: palette.accent, borderWidth: 1 },
      outOfBrush: {},
    },
    xAxis: xAxis(palette, metricTitle(view.x, scales.x.unit), axisRange(items, 0)),
    yAxis: yAxis(palette, metricTitle(view.y, scales.y.unit), axisRange(items, 1)),
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
          opacity: crowded ? 0.16 : view.encoding === 'color' ? 0.35 : 1,
          ...(view.encoding === 'color' ? {} : { color: palette['point-pale'] }),
        }),
        view,
        items,
        pale,
      ),
      scatter(
        'infeasible',
        layers.infeasible,
        3,
        () => ({
          color: 'transparent',
          borderColor: palette.faint,
          borderWidth: crowded ? 0.75 : 1.25,
          opacity: crowded ? 0.5 : 1,
        }),
        view,
        items,
        pale,
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
function stairsOf(feasible: readonly Item[], input: FrontInput, scales: AxisScales) {
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

/** Wide ranges read by logarithm; otherwise the chart rounds its own limits around the points and the staircase. */
function axisRange(items: readonly Item[], index: 0 | 1) {
  const values = items.map((item) => item.value[index]);
  if (!wantsLog(values)) return { scale: true, boundaryGap: ['3%', '4%'] };
  return { type: 'log', min: Math.min(...values) / 1.4, max: Math.max(...values) * 1.4 };
}

function scatter(
  id: string,
  data: readonly Item[],
  z: number,
  style: (item: Item) => Record<string, unknown>,
  view: SearchView,
  all: readonly Item[],
  size = SIZE,
) {
  return {
    id,
    type: 'scatter',
    z,
    symbolSize: sizeOf(view, all, size),
    cursor: 'pointer',
    emphasis: { scale: 1.4 },
    data: data.map((item) => ({ ...item, itemStyle: style(item) })),
  };
}
