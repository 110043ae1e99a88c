import type { CustomSeriesRenderItem } from 'echarts';
import type { Interval, Objective, ScoredItem } from '../../shared/api/types';
import { lineAt } from '../../shared/chart/line-styles';
import type { Palette } from '../../shared/chart/palette';
import { commonScale, significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import { placesOn } from './slopes';

export const HEIGHT = 320;
const [TOP, BOTTOM] = [56, 16];
const LABEL_HEIGHT = 15;
/** Between the whiskers of neighbours, in pixels. */
const APART = 5;
const LABEL_WIDTH = 64;

/** A slope graph: whiskers on upright axes, names and values beside them, lines only where there is no text. */
export function slopesOption(
  items: readonly ScoredItem[],
  objectives: readonly Objective[],
  palette: Palette,
) {
  const axes = objectives.map(({ metric, direction }) => {
    const values = items.map(({ candidate }) => candidate!.values[metric]!);
    const intervals = items.map(({ candidate }) => candidate!.intervals[metric] as Interval | undefined);
    const { divisor, unit } = commonScale(values, describeMetric(metric).unit);
    return {
      title: metricTitle(metric, unit),
      hint: direction === 'maximize' ? 'more is better' : 'less is better',
      labels: values.map((value, i) => `${letterAt(i)} ${significant(value / divisor)}`),
      places: placesOn({ direction, values, intervals }, LABEL_HEIGHT / (HEIGHT - TOP - BOTTOM)),
    };
  });
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [k, i] = [api.value(0) as number, api.value(1) as number];
    const point = (axis: number, y: number, dx: number): readonly [number, number] => {
      const [px, py] = api.coord([axis, y]) as [number, number];
      return [px + dx, py];
    };
    const line = (
      [x1, y1]: readonly [number, number],
      [x2, y2]: readonly [number, number],
      style: Record<string, unknown>,
    ) => ({ type: 'line' as const, shape: { x1, y1, x2, y2 }, style });
    const { color, width, dash } = lineAt(i);
    const stroke = palette[color];
    const beside = (i - (items.length - 1) / 2) * APART;
    const right = ((items.length - 1) / 2) * APART + 10;
    const { at, low, high, label } = axes[k]!.places[i]!;
    const next = axes[k + 1]?.places[i];
    const [cx, cy] = point(k, at, beside);
    const [tx, ty] = point(k, label, right);
    return {
      type: 'group',
      children: [
        line(point(k, low, beside), point(k, high, beside), { stroke, lineWidth: 1 }),
        { type: 'circle', shape: { cx, cy, r: 3 }, style: { fill: stroke } },
        line([cx + 4, cy], [tx - 3, ty], { stroke: palette['line-strong'], lineWidth: 0.75 }),
        {
          type: 'text',
          style: {
            text: axes[k]!.labels[i]!,
            x: tx,
            y: ty,
            fill: palette.ink,
            font: `11.5px ${palette.mono}`,
            verticalAlign: 'middle',
          },
        },
        ...(next
          ? [
              line([tx + LABEL_WIDTH, ty], point(k + 1, next.at, beside - 4), {
                stroke,
                lineWidth: width,
                lineDash: [...dash],
              }),
            ]
          : []),
      ],
    };
  };
  const hidden = { show: false };
  return {
    animation: false,
    grid: { left: 40, right: 40 + LABEL_WIDTH, top: TOP, bottom: BOTTOM },
    xAxis: {
      type: 'value',
      min: 0,
      max: axes.length - 1,
      interval: 1,
      position: 'top',
      axisLine: hidden,
      axisTick: hidden,
      splitLine: { show: true, lineStyle: { color: palette['line-strong'] } },
      axisLabel: {
        formatter: (k: number) => `${axes[k]?.title ?? ''}\n{hint|${axes[k]?.hint ?? ''}}`,
        color: palette.ink,
        fontFamily: palette.sans,
        fontSize: 12,
        lineHeight: 16,
        rich: { hint: { color: palette.muted, fontFamily: palette.sans, fontSize: 11, lineHeight: 14 } },
        margin: 12,
        alignMinLabel: 'left',
      },
    },
    yAxis: { type: 'value', min: 0, max: 1, show: false },
    series: [
      {
        id: 'slopes',
        type: 'custom',
        silent: true,
        clip: false,
        renderItem,
        data: axes.flatMap(({ places }, k) => places.map(({ at }, i) => [k, i, at])),
        encode: { x: 0, y: 2 },
      },
    ],
  };
}
