import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { get } from '../../shared/api/client';
import type { ScoreBoard } from '../../shared/api/types';
import { TasksHeatMap } from '../../shared/evaluation/tasks-heat-map';
import { Loaded } from '../../shared/ui/loaded';

const MOST = 50;

/** Which task tells these candidates apart? Loaded when it is opened: the selected ones, or the front. */
export function TasksSection({
  searchId,
  selection,
}: {
  readonly searchId: string;
  readonly selection: ReadonlySet<number>;
}) {
  const [open, setOpen] = useState(false);
  const chosen = [...selection].sort((a, b) => a - b).slice(0, MOST);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>Tasks of {chosen.length > 0 ? 'the selected candidates' : 'the front'} as a heat map</summary>
      {open && <Board searchId={searchId} chosen={chosen} />}
    </details>
  );
}

function Board({ searchId, chosen }: { readonly searchId: string; readonly chosen: readonly number[] }) {
  const which = chosen.length > 0 ? `n=${chosen.join(',')}` : 'front=true';
  const board = useQuery({
    queryKey: ['search', searchId, 'scores', which],
    queryFn: ({ signal }) =>
      get<ScoreBoard>(`/v1/searches/${searchId}/scores?${which}&sort=n&order=asc&limit=${MOST}`, signal),
  });
  return (
    <Loaded query={board} what="scores">
      {(data) =>
        data.items.length === 0 ? (
          <p className="muted">None of them is scored yet.</p>
        ) : (
          <TasksHeatMap
            tasks={data.tasks}
            columns={data.items.map((row) => ({
              key: row.id,
              label: `#${row.n}`,
              title: `#${row.n} ${row.name ?? row.code}`,
              score: row.score,
              low: row.low,
              high: row.high,
              errors: row.errors,
            }))}
            note={`Suite ${data.suite} version ${data.suiteVersion}; columns by number.`}
          />
        )
      }
    </Loaded>
  );
}
