import { useMemo, useState } from 'react';
import type { TaskColumn } from '../api/types';
import { ChartFrame } from '../chart/chart-frame';
import { usePalette } from '../chart/palette';
import { heatLines } from '../logic/heat';
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
        head: ['family', 'task', 'trained', 'counts', ...columns.map(({ title }) => title)],
        rows: lines.flatMap((line) =>
          line.at === null
            ? []
            : [
                [
                  line.family,
                  line.task.id,
                  yesNo(line.task.trained),
                  yesNo(line.task.counted),
                  ...columns.map(({ score }) => score[line.at] ?? null),
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
      note={`Score above the fitted baseline, drawn from −0.1 (dark) to 1 (bright). ${note ?? ''}`.trim()}
    />
  );
}

function yesNo(value: boolean | null): string | null {
  return value === null ? null : value ? 'yes' : 'no';
}
