import { useMemo } from 'react';
import type { EffectiveContext } from '../api/types';
import { GRID, tipElement, tooltip, xAxis, yAxis } from '../chart/axis';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette, type Palette } from '../chart/palette';
import { integer, significant } from '../logic/format';

/** RULER's threshold (arXiv 2404.06654), and the share of its own shortest length that a model must keep. */
const ABSOLUTE = 0.856;
const RELATIVE = 0.85;
const SYMBOLS = ['circle', 'rect', 'triangle', 'diamond', 'emptyCircle'] as const;

export interface ContextLine {
  readonly label: string;
  readonly context: EffectiveContext;
}

/** Mean accuracy of the long-context tasks against the length of their rows. */
export function ContextChart({ lines }: { readonly lines: readonly ContextLine[] }) {
  const palette = usePalette();
  const option = useMemo(() => contextOption(lines, palette), [lines, palette]);
  const words = lines.map(
    ({ label, context }) =>
      `${label}: ${tokens(context.absolute)} at 0.856, ${tokens(context.relative)} at 0.85 of its shortest`,
  );
  const mixed = lines.some(({ context }) => !context.sameTasks);
  return (
    <ChartFrame
      title="Effective context"
      summary={words.join('; ')}
      option={option}
      height={260}
      data={{
        head: ['of', 'length', 'accuracy', 'chance', 'tasks'],
        rows: lines.flatMap(({ label, context }) =>
          context.points.map((p) => [label, p.length, p.accuracy, p.chance, p.tasks.join(' ')]),
        ),
      }}
      note={`${words.join('. ')}.${mixed ? ' Other tasks are asked at other lengths, so the curve also shows how hard they are.' : ''}`}
    />
  );
}

function tokens(length: number): string {
  return length === 0 ? 'no length' : `${integer(length)} tokens`;
}

/** Lengths are powers of two: a tick at each, from the shortest to the longest, with a margin for the symbols. */
function doublings(lines: readonly ContextLine[], palette: Palette) {
  const found = lines.flatMap(({ context }) => context.points.map((p) => Math.log2(p.length)));
  return {
    min: Math.floor(Math.min(...found)) - 0.25,
    max: Math.ceil(Math.max(...found)) + 0.25,
    axisTick: { show: false },
    axisLabel: {
      color: palette.muted,
      fontFamily: palette.mono,
      fontSize: 11.5,
      customValues: [...new Set(found)],
      formatter: (exponent: number) => integer(Math.round(2 ** exponent)),
    },
  };
}

function contextOption(lines: readonly ContextLine[], palette: Palette) {
  const [only] = lines;
  const shortest = lines.length === 1 ? only?.context.points[0]?.accuracy : undefined;
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
    animation: false,
    grid: GRID,
    tooltip: {
      ...tooltip(palette),
      formatter: (hit: { seriesName: string; value: readonly [number, number] }) =>
        tipElement(hit.seriesName, [
          `${integer(Math.round(2 ** hit.value[0]))} tokens  ${significant(hit.value[1])}`,
        ]),
    },
    xAxis: xAxis(palette, 'Tokens of a row', doublings(lines, palette)),
    yAxis: yAxis(palette, 'Accuracy', { min: 0, max: 1 }),
    series: lines.map(({ label, context }, i) => ({
      id: `line-${i}`,
      name: label,
      type: 'line',
      symbol: SYMBOLS[i % SYMBOLS.length],
      symbolSize: 8,
      data: context.points.map((p) => [Math.log2(p.length), p.accuracy]),
      itemStyle: { color: i === 0 ? palette.ink : palette.accent },
      lineStyle: {
        color: i === 0 ? palette.ink : palette.accent,
        width: 1.5,
        type: i < 2 ? 'solid' : 'dashed',
      },
      endLabel: { show: lines.length > 1, formatter: label.slice(0, 1), color: palette.ink },
      ...(i === 0
        ? {
            markLine: {
              silent: true,
              symbol: 'none',
              data: [
                rule(ABSOLUTE, '0.856'),
                ...(shortest === undefined || shortest <= 0
                  ? []
                  : [rule(RELATIVE * shortest, '0.85 of the shortest')]),
              ],
            },
          }
        : {}),
    })),
  };
}
