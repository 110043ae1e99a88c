import type { ScoreBoard, TaskColumn } from '@asterism/contracts';
import { shade, shadeLegend, type Drawing } from '../output/bars';

/** Tasks as rows below their family, candidates as columns by their number. */
export function heatMap(board: ScoreBoard, drawing: Drawing): string {
  const width = Math.max(4, ...board.items.map(({ n }) => `#${n}`.length)) + 1;
  const names = Math.max(12, ...board.tasks.map((task) => `  ${task.id} ${mark(task)}`.length));
  const line = (name: string, cells: readonly string[]): string =>
    `${name.padEnd(names)}${cells.map((cell) => cell.padStart(width)).join('')}`.trimEnd();
  const rows = board.families.flatMap((family) => [
    family,
    ...board.tasks.flatMap((task, at) =>
      task.family === family
        ? [
            line(
              `  ${task.id} ${mark(task)}`,
              board.items.map(({ score }) => cell(score[at], drawing)),
            ),
          ]
        : [],
    ),
  ]);
  const shown =
    board.items.length < board.total ? `${board.items.length} of ${board.total}` : `${board.total}`;
  return [
    `suite ${board.suite} version ${board.suiteVersion}; ${shown} candidates`,
    line(
      'quality',
      board.items.map(({ quality }) => quality.value.toFixed(2)),
    ),
    line(
      '',
      board.items.map(({ n }) => `#${n}`),
    ),
    ...rows,
    '',
    `score: ${shadeLegend(drawing)}; x failed`,
    'u untrained: scored, never shown in training; d dropped by the weights',
  ].join('\n');
}

const mark = ({ trained, dropped }: TaskColumn): string =>
  `${trained === false ? 'u' : ''}${dropped === undefined ? '' : 'd'}`;

function cell(score: number | null | undefined, drawing: Drawing): string {
  return score === null || score === undefined ? 'x' : shade(score, drawing).repeat(2);
}

/** One line a task, one column a candidate: for spreadsheets. */
export function heatCsv(board: ScoreBoard): string {
  const head = ['task', 'family', 'trained', 'dropped', ...board.items.map(({ id }) => id)];
  const rows = board.tasks.map((task, at) => [
    task.id,
    task.family,
    String(task.trained ?? ''),
    task.dropped ?? '',
    ...board.items.map(({ score }) => String(score[at] ?? '')),
  ]);
  return [head, ...rows].map((row) => row.map(quoted).join(',')).join('\n');
}

const quoted = (text: string): string => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
