import type { CustomSeriesRenderItem } from 'echarts';
import { tipElement, tooltip } from '../chart/axis';
import { parseHex } from '../chart/hex';
import type { Palette } from '../chart/palette';
import { rampColor } from '../chart/ramp';
import { significant } from '../logic/format';
import { cellWords, FAILED, heatFraction, type HeatCells, type HeatLine } from '../logic/heat';

/** One column of the map. `mark` says beside a score what is worth saying, or nothing. */
export interface HeatColumn extends HeatCells {
  readonly key: string;
  readonly label: string;
  readonly mark?: (task: number) => string;
}

export const LINE_HEIGHT = 18;
const NAMES_WIDTH = 170;
/** Up to so many columns every cell holds its number. */
const MOST_WITH_NUMBERS = 8;

/** Black or white, whichever stands out from the colour (relative luminance, WCAG 2.2). */
function inkOn(color: string): string {
  const [red, green, blue] = parseHex(color).map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red! + 0.7152 * green! + 0.0722 * blue!;
  return luminance > 0.18 ? '#000000' : '#ffffff';
}

export function heatOption(lines: readonly HeatLine[], columns: readonly HeatColumn[], palette: Palette) {
  const cells = lines.flatMap((line, y) =>
    line.at === null
      ? []
      : columns.map(({ score }, x) => [x, y, score[line.at] ?? Number.NaN, line.at] as const),
  );
  const numbers = columns.length <= MOST_WITH_NUMBERS;
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x, y, value, task] = [0, 1, 2, 3].map((dim) => api.value(dim) as number) as [
      number,
      number,
      number,
      number,
    ];
    const [cx, cy] = api.coord([x, y]) as [number, number];
    const [width, height] = api.size!([1, 1]) as [number, number];
    const failed = Number.isNaN(value);
    const fill = failed ? palette.sheet : rampColor(palette, heatFraction(value));
    const shape = { x: cx - width / 2 + 0.5, y: cy - height / 2 + 0.5, width: width - 1, height: height - 1 };
    const mark = columns[x]?.mark?.(task) ?? '';
    const text = {
      text: failed ? FAILED : numbers ? `${significant(value, 2)}${mark}` : mark,
      x: cx,
      y: cy,
      fill: failed ? palette.bad : inkOn(fill),
      font: `11px ${palette.mono}`,
      align: 'center' as const,
      verticalAlign: 'middle' as const,
    };
    return {
      type: 'group',
      children: [
        { type: 'rect', shape, style: { fill } },
        { type: 'text', style: text },
      ],
    };
  };
  return {
    animation: false,
    grid: { left: NAMES_WIDTH, right: 14, top: 46, bottom: 14 },
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { value: readonly [number, number] }) => {
        const [x, y] = hit.value;
        const line = lines[y]!;
        return line.at === null
          ? tipElement(line.family, [])
          : tipElement(line.task.id, cellWords(columns[x]!, line.task, line.at));
      },
    },
    xAxis: {
      type: 'category',
      position: 'top',
      data: columns.map(({ label }) => label),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.ink,
        fontFamily: palette.mono,
        fontSize: 11.5,
        interval: 0,
        rotate: columns.length > 12 ? 60 : 0,
      },
    },
    yAxis: {
      type: 'category',
      inverse: true,
      data: lines.map((line) => (line.at === null ? `{family|${line.family}}` : line.task.id)),
      axisLine: { show: false },
      axisTick: { show: false },
      axisLabel: {
        color: palette.muted,
        fontFamily: palette.mono,
        fontSize: 11,
        interval: 0,
        width: NAMES_WIDTH - 12,
        overflow: 'truncate',
        rich: { family: { color: palette.ink, fontFamily: palette.sans, fontSize: 12, fontWeight: 'bold' } },
      },
    },
    series: [{ id: 'cells', type: 'custom', renderItem, data: cells, encode: { x: 0, y: 1 } }],
  };
}
