import { useMemo } from 'react';
import type { CurvePoint, CurveSet } from '../api/types';
import { GRID, tipElement, tooltip, xAxis, yAxis } from '../chart/axis';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette, type Palette } from '../chart/palette';
import { significant } from '../logic/format';

/** Quality over the share of the tier's tokens; the other candidates of the search stand behind it in grey. */
export function CurveChart({
  n,
  curve,
  others,
}: {
  /** The candidate's number in its search; null outside any search. */
  readonly n: number | null;
  readonly curve: readonly CurvePoint[];
  readonly others: CurveSet | undefined;
}) {
  const palette = usePalette();
  const option = useMemo(() => curveOption(n, curve, others, palette), [n, curve, others, palette]);
  const last = curve.at(-1);
  return (
    <ChartFrame
      title="Learning curve"
      summary={
        last
          ? `Quality rises to ${significant(last.quality)} at ${last.fraction * 100} % of the tokens.`
          : 'No curve yet.'
      }
      option={option}
      height={260}
      data={{
        head: ['fraction', 'quality'],
        rows: curve.map((p) => [p.fraction, p.quality]),
      }}
      note={
        others && others.items.length > 1
          ? `Grey: the other ${others.items.length - 1} candidates of this search.`
          : undefined
      }
    />
  );
}

function curveOption(
  n: number | null,
  curve: readonly CurvePoint[],
  others: CurveSet | undefined,
  palette: Palette,
) {
  const line = (points: readonly CurvePoint[]) => points.map((p) => [p.fraction * 100, p.quality]);
  return {
    animation: false,
    grid: GRID,
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { value: readonly [number, number] }) =>
        tipElement(n === null ? 'Quality' : `#${n}`, [`${hit.value[0]} %  ${significant(hit.value[1])}`]),
    },
    xAxis: xAxis(palette, 'Tokens seen (% of the tier)', { min: 0, max: 100, interval: 25 }),
    yAxis: yAxis(palette, 'Quality, trial size', { scale: true }),
    series: [
      ...(others?.items ?? [])
        .filter((other) => other.n !== n)
        .map((other) => ({
          id: `other-${other.n}`,
          type: 'line',
          silent: true,
          symbol: 'none',
          data: line(other.curve),
          lineStyle: { color: palette['point-pale'], width: 1, opacity: 0.55 },
          z: 1,
        })),
      {
        id: 'own',
        type: 'line',
        symbol: 'circle',
        symbolSize: 6,
        data: line(curve),
        itemStyle: { color: palette.ink },
        lineStyle: { color: palette.ink, width: 2 },
        z: 3,
      },
    ],
  };
}
