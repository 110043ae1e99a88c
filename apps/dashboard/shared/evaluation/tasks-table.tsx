import type { TaskScore } from '../api/types';
import { significant } from '../logic/format';

const show = (value: number | null | undefined) =>
  value === null || value === undefined ? '–' : significant(value);

/** Every task's own figures; one that crashed says why, and the others stand. */
export function TasksTable({ tasks }: { readonly tasks: readonly TaskScore[] }) {
  return (
    <details>
      <summary>All {tasks.length} tasks</summary>
      <div className="scroll-x">
        <table>
          <thead>
            <tr>
              <th scope="col">Task</th>
              <th scope="col">Family</th>
              <th scope="col" className="num">
                Items
              </th>
              <th scope="col" className="num">
                Accuracy
              </th>
              <th scope="col" className="num">
                Chance
              </th>
              <th scope="col" className="num">
                NLL (nat)
              </th>
              <th scope="col" className="num">
                Score
              </th>
              <th scope="col" className="num">
                Interval
              </th>
            </tr>
          </thead>
          <tbody>
            {tasks.map((task) => (
              <tr key={task.id}>
                <th scope="row">
                  <code>{task.id}</code>
                </th>
                <td>{task.family}</td>
                <td className="num">{task.n}</td>
                {task.error ? (
                  <td colSpan={5} className="state-failed">
                    ✕ {task.error}
                  </td>
                ) : (
                  <>
                    <td className="num">{show(task.accuracy)}</td>
                    <td className="num">{show(task.chance)}</td>
                    <td className="num">{show(task.nll)}</td>
                    <td className="num">{show(task.score)}</td>
                    <td className="num muted">
                      {show(task.low)} to {show(task.high)}
                    </td>
                  </>
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
