import type { CustomSeriesRenderItem } from 'echarts';
import { useMemo } from 'react';
import type { ScoreSheet } from '../../shared/api/types';
import { GRID, tipElement, tooltip, xAxis } from '../../shared/chart/axis';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { usePalette, type Palette } from '../../shared/chart/palette';
import { significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';

const BAR = 11;
const BETWEEN = 10;

/** A group of bars for each family, one for each candidate from A down, with intervals over test items. */
export function FamiliesSideBySide({ sheet }: { readonly sheet: ScoreSheet }) {
  const palette = usePalette();
  const option = useMemo(() => familiesOption(sheet, palette), [sheet, palette]);
  const { families, items } = sheet;
  return (
    <ChartFrame
      title="Task families"
      summary={`${families.length} families for ${items.length} candidates.`}
      option={option}
      height={families.length * (items.length * BAR + BETWEEN) + 62}
      data={{
        head: ['family', 'candidate', 'score', 'low', 'high'],
        rows: families.flatMap((family) =>
          items.map((item, index) => {
            const score = item.families[family];
            return [
              family,
              `${letterAt(index)} ${item.label}`,
              score?.score ?? null,
              score?.low ?? null,
              score?.high ?? null,
            ];
          }),
        ),
      }}
      note="From A down in every group. 0 is chance, 1 is perfect; whiskers are intervals over test items."
    />
  );
}

function familiesOption({ families, items }: ScoreSheet, palette: Palette) {
  const step = BAR;
  const rows = families.flatMap((family, y) =>
    items.flatMap((item, index) => {
      const score = item.families[family];
      return score ? [[y, index, score.score, score.low, score.high] as const] : [];
    }),
  );
  const low = Math.min(0, ...rows.map((row) => row[3]));
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const [y, index, score, from, to] = [0, 1, 2, 3, 4].map((dim) => api.value(dim) as number) as [
      number,
      number,
      number,
      number,
      number,
    ];
    const at = (value: number) => api.coord([value, y]) as [number, number];
    const middle = at(score)[1] + (index - (items.length - 1) / 2) * step;
    const [zero, end] = [at(0)[0], at(score)[0]];
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: palette.ink, lineWidth: 1 },
    });
    return {
      type: 'group',
      children: [
        {
          type: 'rect',
          shape: { x: Math.min(zero, end), y: middle - 4, width: Math.abs(end - zero), height: 8 },
          style: { fill: palette['point-pale'] },
        },
        line(at(from)[0], middle, at(to)[0], middle),
        {
          type: 'text',
          style: {
            text: letterAt(index),
            x: Math.max(at(to)[0], zero) + 6,
            y: middle,
            fill: palette.muted,
            font: `10px ${palette.mono}`,
            verticalAlign: 'middle',
          },
        },
      ],
    };
  };
  return {
    animation: false,
    grid: { ...GRID, left: 108 },
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { value: readonly [number, number, number, number, number] }) => {
        const [y, index, score, from, to] = hit.value;
        return tipElement(`${letterAt(index)}, ${families[y]}`, [
          `${significant(score)}  (${significant(from)} to ${significant(to)})`,
        ]);
      },
    },
    xAxis: xAxis(palette, 'Score above chance', { min: Math.floor(low * 10) / 10, max: 1 }),
    yAxis: {
      type: 'category',
      inverse: true,
      data: families,
      axisLine: { show: true, lineStyle: { color: palette['line-strong'] } },
      axisTick: { show: false },
      axisLabel: { color: palette.ink, fontFamily: palette.sans, fontSize: 12, interval: 0 },
    },
    series: [{ id: 'families', type: 'custom', renderItem, data: rows, encode: { x: [2, 3, 4], y: 0 } }],
  };
}
