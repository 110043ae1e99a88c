import type { Command } from 'commander';
import type { ScoreBoard } from '@asterism/contracts';
import { Api } from '../api';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { newestSearch } from '../newest';
import { heatCsv, heatMap } from '../scores/heat-map';

interface Options {
  readonly search?: string;
  readonly top: string;
  readonly front?: true;
  readonly family?: string;
  readonly csv?: true;
}

const MOST = 50;

export function tasksCommand(program: Command, io: () => Io): void {
  program
    .command('tasks')
    .description(
      'heat map of tasks over the candidates of a search (default: the newest), best quality first',
    )
    .option('--search <id>', 'search')
    .option('--top <n>', `so many candidates, at most ${MOST}`, '12')
    .option('--front', 'members of the front only')
    .option('--family <name>', 'tasks of one family only')
    .option('--csv', 'numbers, a line for each task')
    .action(async ({ search, top, front, family, csv }: Options) => {
      const limit = Number(top);
      if (!Number.isInteger(limit) || limit < 1 || limit > MOST)
        throw new CliError(`--top ${top}`, `give a whole number from 1 to ${MOST}`);
      const api = await Api.open();
      const id = search ?? (await newestSearch(api));
      const query = `limit=${limit}${front === undefined ? '' : '&front=true'}`;
      const board = await api.get<ScoreBoard>(`/v1/searches/${encodeURIComponent(id)}/scores?${query}`);
      const shown = family === undefined ? board : ofFamily(board, family);
      show(io(), shown, () => (csv === undefined ? heatMap(shown, io()) : heatCsv(shown)));
    });
}

/** The board with the tasks of one family, and their numbers only. */
function ofFamily(board: ScoreBoard, family: string): ScoreBoard {
  if (!board.families.includes(family))
    throw new CliError(`no family ${family}`, `there are ${board.families.join(', ')}`);
  const kept = (_: unknown, at: number): boolean => board.tasks[at]?.family === family;
  return {
    ...board,
    families: [family],
    tasks: board.tasks.filter(kept),
    items: board.items.map((row) => ({
      ...row,
      score: row.score.filter(kept),
      low: row.low.filter(kept),
      high: row.high.filter(kept),
      accuracy: row.accuracy.filter(kept),
    })),
  };
}
