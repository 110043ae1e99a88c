import { useMemo } from 'react';
import type { Interval, Objective, ScoredItem } from '../../shared/api/types';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { usePalette, type Palette } from '../../shared/chart/palette';
import { commonScale, halfWidth, significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';

/** Every objective as an upright axis, better always up: a line for each candidate. */
export function Objectives({ items }: { readonly items: readonly ScoredItem[] }) {
  const palette = usePalette();
  const objectives = useMemo(() => common(items), [items]);
  const option = useMemo(() => slopesOption(items, objectives, palette), [items, objectives, palette]);
  if (objectives.length === 0) return null;
  return (
    <section>
      {objectives.length > 1 && (
        <ChartFrame
          title="Objectives"
          summary={`${items.length} candidates across ${objectives.length} objectives, better always up.`}
          option={option}
          height={260}
          data={{
            head: ['candidate', ...objectives.flatMap(({ metric }) => [metric, 'low', 'high'])],
            rows: items.map((item, index) => [
              `${letterAt(index)} ${item.label}`,
              ...objectives.flatMap(({ metric }) => [
                item.candidate?.values[metric] ?? null,
                item.candidate?.intervals[metric]?.[0] ?? null,
                item.candidate?.intervals[metric]?.[1] ?? null,
              ]),
            ]),
          }}
          legend={items.map((item, index) => (
            <LineKey key={item.id} index={index} palette={palette} />
          ))}
          note="Better is up on every axis; each axis runs from the worst to the best of these."
        />
      )}
      <Values items={items} objectives={objectives} />
    </section>
  );
}

function LineKey({ index, palette }: { readonly index: number; readonly palette: Palette }) {
  const dash = DASHES[index % DASHES.length];
  return (
    <span className="key">
      <svg width="30" height="8" aria-hidden="true">
        <line
          x1="0"
          x2="30"
          y1="4"
          y2="4"
          stroke={lineColor(index, palette)}
          strokeWidth="2"
          strokeDasharray={typeof dash === 'string' ? undefined : dash?.join(' ')}
        />
      </svg>
      {letterAt(index)}
    </span>
  );
}

/** The first is what the others are held against. */
function lineColor(index: number, palette: Palette): string {
  return index === 0 ? palette.ink : palette.accent;
}

/** Objectives that every compared candidate has a value for. */
function common(items: readonly ScoredItem[]): readonly Objective[] {
  const [first] = items;
  return (first?.candidate?.objectives ?? []).filter(({ metric }) =>
    items.every(({ candidate }) => candidate?.values[metric] !== undefined),
  );
}

function Values({
  items,
  objectives,
}: {
  readonly items: readonly ScoredItem[];
  readonly objectives: readonly Objective[];
}) {
  return (
    <div className="scroll-x">
      <table>
        <thead>
          <tr>
            <th scope="col">Objective</th>
            {items.map((item, index) => (
              <th key={item.id} scope="col" className="num">
                {letterAt(index)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {objectives.map(({ metric }) => {
            const values = items.map(({ candidate }) => candidate!.values[metric]!);
            const scale = commonScale(values, describeMetric(metric).unit);
            return (
              <tr key={metric}>
                <th scope="row">
                  {metricTitle(metric, scale.unit)}{' '}
                  <span className="muted small">{describeMetric(metric).where}</span>
                </th>
                {items.map((item, index) => (
                  <td key={item.id} className="num">
                    {significant(values[index]! / scale.divisor)}{' '}
                    <span className="pm">
                      {halfWidth(item.candidate!.intervals[metric] as Interval | undefined, scale.divisor)}
                    </span>
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}

const DASHES = ['solid', [7, 3], [2, 3], [9, 3, 2, 3], [4, 4]] as const;

function slopesOption(items: readonly ScoredItem[], objectives: readonly Objective[], palette: Palette) {
  const axes = objectives.map(({ metric, direction }, dim) => {
    const values = items.map(({ candidate }) => candidate!.values[metric]!);
    const scale = commonScale(values, describeMetric(metric).unit);
    return {
      scale,
      metric,
      axis: {
        dim,
        name: metricTitle(metric, scale.unit),
        type: 'value',
        scale: true,
        inverse: direction === 'minimize',
        nameLocation: direction === 'minimize' ? 'start' : 'end',
        nameGap: 14,
        nameTextStyle: { color: palette.muted, fontFamily: palette.sans, fontSize: 12 },
        axisLine: { lineStyle: { color: palette['line-strong'] } },
        axisTick: { lineStyle: { color: palette['line-strong'] } },
        axisLabel: {
          color: palette.muted,
          fontFamily: palette.mono,
          fontSize: 11,
          formatter: (value: number) => significant(value),
        },
      },
    };
  });
  return {
    animation: false,
    parallel: { left: 70, right: 90, top: 34, bottom: 18 },
    parallelAxis: axes.map(({ axis }) => axis),
    series: items.map((item, index) => ({
      id: `item-${index}`,
      name: `${letterAt(index)} ${item.label}`,
      type: 'parallel',
      smooth: false,
      progressive: 0,
      lineStyle: {
        color: lineColor(index, palette),
        width: 2,
        opacity: 1,
        type: DASHES[index % DASHES.length],
      },
      data: [axes.map(({ metric, scale }) => item.candidate!.values[metric]! / scale.divisor)],
    })),
  };
}
