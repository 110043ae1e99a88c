import type { Command } from 'commander';
import type { CandidateDetail, CandidateRow, FrontView } from '@asterism/contracts';
import { Api } from '../api';
import { newestSearch } from '../newest';
import { show, type Io } from '../io';
import { measure, short } from '../output/format';
import { table, type Column } from '../output/table';

/** The columns every list of candidates shares, then one per metric. */
export function candidateColumns(metrics: readonly string[]): Column<CandidateRow>[] {
  return [
    { title: 'n', right: true, value: (c) => String(c.n) },
    { title: 'candidate', value: (c) => c.id },
    { title: 'name', value: (c) => c.name ?? c.origin },
    { title: 'backbone', value: labelOf },
    ...metrics.map((metric) => ({
      title: short(metric),
      right: true,
      value: (c: CandidateRow) => measure(metric, c.values[metric]),
    })),
  ];
}

/** The code, and what tells it from others of that code. */
export function labelOf({ code, apart }: CandidateRow): string {
  return apart === undefined ? code : `${code} {${apart}}`;
}

function confirmation(front: FrontView): string {
  const open = front.items.filter((candidate) => !candidate.confirmed).length;
  return open === 0
    ? ''
    : `\n${open} of ${front.items.length} points are unconfirmed: asterism confirm ${front.search}`;
}

export function frontCommand(program: Command, io: () => Io): void {
  program
    .command('front [search]')
    .description('the non-dominated feasible candidates of a search (default: the newest)')
    .option('--objectives <list>', 'other objectives than the search had, comma-separated metric names')
    .action(async (given: string | undefined, options: { objectives?: string }) => {
      const api = await Api.open();
      const id = given ?? (await newestSearch(api));
      const query =
        options.objectives === undefined ? '' : `?objectives=${encodeURIComponent(options.objectives)}`;
      const front = await api.get<FrontView>(`/v1/searches/${id}/front${query}`);
      const metrics = front.objectives.map((objective) => objective.metric);
      show(io(), front, () => table(front.items, candidateColumns(metrics)) + confirmation(front));
    });
}

export function logsCommand(program: Command, io: () => Io): void {
  program
    .command('logs <id>')
    .description('what the training or profile of a candidate or evaluation printed')
    .action(async (id: string) => {
      const api = await Api.open();
      const row = id.startsWith('cand_')
        ? (await api.get<CandidateDetail>(`/v1/candidates/${id}`)).evaluationId
        : id;
      const text = await api.text(`/v1/evaluations/${row ?? id}/logs`);
      show(io(), { id: row, text }, () => text);
    });
}
