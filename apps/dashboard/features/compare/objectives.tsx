import { useMemo } from 'react';
import type { Interval, Objective, ScoredItem } from '../../shared/api/types';
import { ChartFrame } from '../../shared/chart/chart-frame';
import { lineAt } from '../../shared/chart/line-styles';
import { usePalette, type Palette } from '../../shared/chart/palette';
import { around, commonScale, significant } from '../../shared/logic/format';
import { letterAt } from '../../shared/logic/heat';
import { describeMetric, metricTitle } from '../../shared/logic/metrics';
import { HEIGHT, slopesOption } from './slopes-option';

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
          height={HEIGHT}
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
          note="Better is up on every axis. An axis runs from the worst to the best end of these values and their intervals; whiskers are those intervals. Whether two scores differ is told below."
        />
      )}
      <Values items={items} objectives={objectives} />
    </section>
  );
}

function LineKey({ index, palette }: { readonly index: number; readonly palette: Palette }) {
  const { color, width, dash } = lineAt(index);
  return (
    <span className="key">
      <svg width="34" height="8" aria-hidden="true">
        <line
          x1="0"
          x2="34"
          y1="4"
          y2="4"
          stroke={palette[color]}
          strokeWidth={width}
          strokeDasharray={dash.join(' ')}
        />
      </svg>
      {letterAt(index)}
    </span>
  );
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
                      {around(
                        values[index],
                        item.candidate!.intervals[metric] as Interval | undefined,
                        scale.divisor,
                      )}
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
