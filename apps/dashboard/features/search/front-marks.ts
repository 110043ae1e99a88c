import type { CustomSeriesRenderItem } from 'echarts';
import type { Objective } from '../../shared/api/types';
import { tipElement } from '../../shared/chart/axis';
import type { Palette } from '../../shared/chart/palette';
import { around, commonScale, significant } from '../../shared/logic/format';
import { describeMetric } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import type { AxisScales, Item } from './front-item';
import { pointName, type PlotPoint } from './points';

/** Intervals as hairlines through the point, in both directions where both are uncertain. */
export function whiskers(
  id: string,
  items: readonly Item[],
  view: SearchView,
  scales: AxisScales,
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

/** Name, objectives with their intervals, and standing of one candidate. */
export function tip(point: PlotPoint, objectives: readonly Objective[]): HTMLElement {
  const lines = objectives.map(({ metric }) => {
    const value = point.value(metric);
    const { short, unit } = describeMetric(metric);
    const scale = commonScale([value], unit);
    const figure =
      value === null
        ? '–'
        : `${significant(value / scale.divisor)} ${around(value, point.interval(metric), scale.divisor)}`;
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
