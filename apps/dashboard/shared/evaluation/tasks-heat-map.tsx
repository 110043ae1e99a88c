import { useMemo, useState } from 'react';
import type { TaskColumn } from '../api/types';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette } from '../chart/palette';
import { RampBar } from '../chart/ramp-bar';
import { CEILING, FAILED, FLOOR, heatLines } from '../logic/heat';
import { Segmented } from '../ui/segmented';
import { type HeatColumn, heatOption, LINE_HEIGHT } from './heat-option';

const ABOVE_AND_BELOW = 74;

/** Tasks down, candidates across; the tasks that quality reads at first, all on demand. */
export function TasksHeatMap({
  tasks,
  columns,
  note,
}: {
  readonly tasks: readonly TaskColumn[];
  readonly columns: readonly HeatColumn[];
  readonly note?: string;
}) {
  const palette = usePalette();
  const [which, setWhich] = useState<'counted' | 'all'>('counted');
  const lines = useMemo(() => heatLines(tasks, which), [tasks, which]);
  const option = useMemo(() => heatOption(lines, columns, palette), [lines, columns, palette]);
  const counted = tasks.filter((task) => task.counted !== false).length;
  return (
    <ChartFrame
      title="Tasks"
      summary={`Heat map of ${counted} tasks that count of ${tasks.length}, for ${columns.length} columns.`}
      option={option}
      height={lines.length * LINE_HEIGHT + ABOVE_AND_BELOW}
      data={{
        head: [
          'family',
          'task',
          'trained',
          'counts',
          ...columns.flatMap(({ title }) => [title, `${title} low`, `${title} high`]),
        ],
        rows: lines.flatMap((line) =>
          line.at === null
            ? []
            : [
                [
                  line.family,
                  line.task.id,
                  yesNo(line.task.trained),
                  yesNo(line.task.counted),
                  ...columns.flatMap(({ score, low, high, errors }) => [
                    score[line.at] ?? `failed: ${errors[line.task.id] ?? 'no score'}`,
                    low[line.at] ?? null,
                    high[line.at] ?? null,
                  ]),
                ],
              ],
        ),
      }}
      controls={
        <Segmented
          label="Tasks shown"
          value={which}
          choices={[
            { value: 'counted', label: `${counted} that count` },
            { value: 'all', label: `all ${tasks.length}` },
          ]}
          onChange={setWhich}
        />
      }
      legend={
        <HeatKey
          failed={columns.some(({ score }) =>
            lines.some(({ at }) => at !== null && typeof score[at] !== 'number'),
          )}
        />
      }
      note={`Score above the fitted baseline: 0 is its loss, 1 is perfect; what lies outside has the colour of the end. The interval over test items is in the tooltip and in the table. ${note ?? ''}`.trim()}
    />
  );
}

/** Numbers beside the colours, and the mark of a task that failed where there is one. */
function HeatKey({ failed }: { readonly failed: boolean }) {
  return (
    <>
      <span className="key">
        Score <RampBar from={FLOOR} to={CEILING} between={[0, 0.5]} width={180} />
      </span>
      {failed && (
        <span className="key">
          <b className="state-failed">{FAILED}</b> failed
        </span>
      )}
    </>
  );
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}
