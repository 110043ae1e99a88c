import type { CustomSeriesRenderItem } from 'echarts';
import { useMemo } from 'react';
import type { EvaluationScored } from '../api/types';
import { GRID, tipElement, tooltip, xAxis } from '../chart/axis';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette, type Palette } from '../chart/palette';
import { significant } from '../logic/format';

interface Row {
  readonly name: string;
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

const ROW_HEIGHT = 26;

/** One bar per task family with its bootstrap interval, 0 at chance. */
export function FamiliesChart({ outcome }: { readonly outcome: EvaluationScored }) {
  const palette = usePalette();
  const rows = useMemo(
    () => inSuiteOrder(outcome).map(([name, score]): Row => ({ name, ...score })),
    [outcome],
  );
  const option = useMemo(() => familiesOption(rows, palette), [rows, palette]);
  return (
    <ChartFrame
      title="Task families"
      summary={rows.map((row) => `${row.name} ${significant(row.score)}`).join(', ')}
      option={option}
      height={rows.length * ROW_HEIGHT + 62}
      data={{
        head: ['family', 'score', 'low', 'high'],
        rows: rows.map((row) => [row.name, row.score, row.low, row.high]),
      }}
      note={`0 is chance, 1 is perfect; whiskers are the intervals over test items. Suite ${outcome.suite} version ${outcome.suiteVersion}.`}
    />
  );
}

/** As everywhere else; the database does not keep the order of keys. */
function inSuiteOrder({ tasks, families }: EvaluationScored) {
  const order = [...new Set(tasks.map(({ family }) => family))];
  return Object.entries(families).sort(([a], [b]) => order.indexOf(a) - order.indexOf(b));
}

function familiesOption(rows: readonly Row[], palette: Palette) {
  const renderItem: CustomSeriesRenderItem = (_, api) => {
    const y = api.value(0) as number;
    const [from, to] = [api.coord([api.value(1), y]), api.coord([api.value(2), y])];
    const line = (x1: number, y1: number, x2: number, y2: number) => ({
      type: 'line' as const,
      shape: { x1, y1, x2, y2 },
      style: { stroke: palette.ink, lineWidth: 1.25 },
    });
    return {
      type: 'group',
      children: [
        line(from[0]!, from[1]!, to[0]!, to[1]!),
        line(from[0]!, from[1]! - 3, from[0]!, from[1]! + 3),
        line(to[0]!, to[1]! - 3, to[0]!, to[1]! + 3),
      ],
    };
  };
  const low = Math.min(0, ...rows.map((row) => row.low));
  return {
    animation: false,
    grid: { ...GRID, left: 108 },
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { dataIndex: number }) => {
        const row = rows[hit.dataIndex]!;
        return tipElement(row.name, [
          `${significant(row.score)}  (${significant(row.low)} to ${significant(row.high)})`,
        ]);
      },
    },
    xAxis: xAxis(palette, 'Score above chance', { min: Math.floor(low * 10) / 10, max: 1 }),
    yAxis: {
      type: 'category',
      inverse: true,
      data: rows.map((row) => row.name),
      axisLine: { show: true, lineStyle: { color: palette['line-strong'] } },
      axisTick: { show: false },
      axisLabel: { color: palette.ink, fontFamily: palette.sans, fontSize: 12, interval: 0 },
    },
    series: [
      {
        id: 'score',
        type: 'bar',
        barWidth: 11,
        data: rows.map((row) => row.score),
        itemStyle: { color: palette['point-pale'] },
      },
      {
        id: 'interval',
        type: 'custom',
        silent: true,
        renderItem,
        data: rows.map((row, i) => [i, row.low, row.high]),
        encode: { x: [1, 2], y: 0 },
        z: 5,
      },
    ],
  };
}
