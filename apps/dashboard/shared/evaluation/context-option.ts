import type { CustomSeriesRenderItem } from 'echarts';
import { contextShare, contextThreshold, toldContext } from '@asterism/scores/verdicts';
import { GRID, tipElement, tooltip, xAxis, yAxis } from '../chart/axis';
import { lineAt } from '../chart/line-styles';
import type { Palette } from '../chart/palette';
import { chanceLevels, isJoined, tasksAt, type ContextLine } from '../logic/context-words';
import { integer, significant } from '../logic/format';

const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle'] as const;
/** Between the symbols of neighbours at one length, in pixels. */
const APART = 16;
const CHANCE_WIDTH = 18;

/** Accuracy against length; joined, and with RULER's threshold, only where every length asks the same tasks. */
export function contextOption(lines: readonly ContextLine[], palette: Palette) {
  const joined = isJoined(lines);
  const beside = (i: number) => (joined ? 0 : (i - (lines.length - 1) / 2) * APART);
  const half = joined ? CHANCE_WIDTH : (lines.length * APART) / 2 + CHANCE_WIDTH;
  const label = { fontFamily: palette.sans, fontSize: 11 };
  return {
    animation: false,
    grid: GRID,
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { seriesIndex: number; dataIndex: number }) => tip(lines, hit),
    },
    xAxis: xAxis(palette, 'Tokens of a row', lengths(lines, joined, palette)),
    yAxis: yAxis(palette, 'Accuracy', { min: 0, max: 1 }),
    series: [
      ...lines.map(({ label: name, context }, i) => {
        const { color, width, dash } = lineAt(i);
        return {
          id: `line-${i}`,
          name,
          type: joined ? 'line' : 'scatter',
          symbol: SYMBOLS[i % SYMBOLS.length],
          symbolSize: 8,
          symbolOffset: [beside(i), 0],
          data: context.points.map((p) => [Math.log2(p.length), p.accuracy]),
          itemStyle: { color: palette[color] },
          ...(joined
            ? {
                lineStyle: { color: palette[color], width, type: dash.length > 0 ? [...dash] : 'solid' },
                endLabel: {
                  ...label,
                  show: lines.length > 1,
                  formatter: name.slice(0, 1),
                  color: palette.ink,
                },
                labelLayout: { moveOverlap: 'shiftY' },
              }
            : {
                label: {
                  ...label,
                  show: lines.length > 1,
                  position: 'top',
                  formatter: name.slice(0, 1),
                  color: palette.ink,
                },
              }),
          ...(joined && i === 0 ? { markLine: criteria(lines, palette) } : {}),
        };
      }),
      whiskers(lines, beside, palette),
      chances(lines, half, palette),
    ],
  };
}

function tip(
  lines: readonly ContextLine[],
  { seriesIndex, dataIndex }: { readonly seriesIndex: number; readonly dataIndex: number },
): HTMLElement | string {
  const line = lines[seriesIndex];
  const point = line?.context.points[dataIndex];
  if (line === undefined || point === undefined) return '';
  const { length, accuracy, chance, low, high, tasks } = point;
  const interval =
    low === undefined || high === undefined ? '' : `  (${significant(low)} to ${significant(high)})`;
  return tipElement(line.label, [
    `${integer(length)} tokens  ${significant(accuracy)}${interval}`,
    `chance ${chance === null ? 'unknown' : significant(chance)}, ${tasks.length === 1 ? tasks[0] : `${tasks.length} tasks`}`,
  ]);
}

/** Lengths are powers of two: a tick at each, from the shortest to the longest, with a margin for the symbols. */
function lengths(lines: readonly ContextLine[], joined: boolean, palette: Palette) {
  const found = lines.flatMap(({ context }) => context.points.map((p) => Math.log2(p.length)));
  const margin = joined ? 0.25 : 0.5;
  return {
    min: Math.floor(Math.min(...found)) - margin,
    max: Math.ceil(Math.max(...found)) + margin,
    axisTick: { show: false },
    axisLabel: {
      color: palette.muted,
      fontFamily: palette.mono,
      fontSize: 11.5,
      customValues: [...new Set(found)],
      formatter: (exponent: number) => {
        const length = Math.round(2 ** exponent);
        const tasks = tasksAt(lines, length);
        const asked = tasks === undefined ? 'other tasks' : `${tasks} ${tasks === 1 ? 'task' : 'tasks'}`;
        return joined ? integer(length) : `${integer(length)} (${asked})`;
      },
    },
  };
}

function criteria(lines: readonly ContextLine[], palette: Palette) {
  const [only] = lines;
  const shortest = lines.length === 1 && only && toldContext(only.context).relative ? only : undefined;
  const own = shortest?.context.points[0]?.accuracy;
  const rule = (at: number, name: string) => ({
    yAxis: at,
    name,
    label: {
      formatter: name,
      color: palette.muted,
      fontFamily: palette.sans,
      fontSize: 11,
      position: 'insideEndTop',
    },
    lineStyle: { color: palette['line-strong'], type: 'dashed', width: 1 },
  });
  return {
    silent: true,
    symbol: 'none',
    data: [
      rule(contextThreshold, '0.856, RULER'),
      ...(own === undefined ? [] : [rule(contextShare * own, '0.85 of its shortest')]),
    ],
  };
}

/** Intervals, where the points carry them. */
function whiskers(lines: readonly ContextLine[], beside: (i: number) => number, palette: Palette) {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [x, low, high, i] = [0, 1, 2, 3].map((dim) => api.value(dim) as number) as [
      number,
      number,
      number,
      number,
    ];
    const [from, to] = [api.coord([x, low]), api.coord([x, high])];
    const at = from[0]! + beside(i);
    return {
      type: 'line',
      shape: { x1: at, y1: from[1]!, x2: at, y2: to[1]! },
      style: { stroke: palette[lineAt(i).color], lineWidth: 1 },
    };
  };
  const data = lines.flatMap(({ context }, i) =>
    context.points.flatMap((p) =>
      p.low === undefined || p.high === undefined ? [] : [[Math.log2(p.length), p.low, p.high, i]],
    ),
  );
  return {
    id: 'whiskers',
    type: 'custom',
    silent: true,
    renderItem,
    data,
    encode: { x: 0, y: [1, 2] },
    z: 1,
  };
}

/** A dash at each length as wide as its symbols stand, with its name at the last. */
function chances(lines: readonly ContextLine[], half: number, palette: Palette) {
  const levels = chanceLevels(lines);
  const renderItem: CustomSeriesRenderItem = ({ dataIndex }, api) => {
    const [x, y] = api.coord([api.value(0), api.value(1)]) as [number, number];
    return {
      type: 'group',
      children: [
        {
          type: 'line',
          shape: { x1: x - half, y1: y, x2: x + half, y2: y },
          style: { stroke: palette.muted, lineWidth: 1.5, lineDash: [4, 3] },
        },
        {
          type: 'text',
          style: {
            text: dataIndex === levels.length - 1 ? 'chance' : '',
            x: x + half + 5,
            y,
            fill: palette.muted,
            font: `11px ${palette.sans}`,
            verticalAlign: 'middle',
          },
        },
      ],
    };
  };
  return {
    id: 'chance',
    type: 'custom',
    silent: true,
    clip: false,
    renderItem,
    data: levels.map(({ length, chance }) => [Math.log2(length), chance]),
    encode: { x: 0, y: 1 },
    z: 1,
  };
}
