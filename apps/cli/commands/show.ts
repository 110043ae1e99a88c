import type { Command } from 'commander';
import type { CandidateDetail, Evaluation, ScoreSheet } from '@asterism/contracts';
import { Api } from '../api';
import { show, type Io } from '../io';
import { measure } from '../output/format';
import { table } from '../output/table';
import { scoreLines, taskTable } from '../scores/lines';
import { sheetOf } from '../scores/sheet';
import { labelOf } from './front';

function details(candidate: CandidateDetail): string[] {
  return [
    `${candidate.id}  ${labelOf(candidate)}  ${candidate.state}${candidate.class === undefined ? '' : ` (${candidate.class})`}`,
    `origin ${candidate.origin}${candidate.parents.length === 0 ? '' : `, parents ${candidate.parents.map((n) => `#${n}`).join(', ')}`}`,
    ...candidate.changes.map((change) => `  ${change}`),
    '',
    table(Object.entries(candidate.values), [
      { title: 'metric', value: ([metric]) => metric },
      { title: 'value', right: true, value: ([metric, value]) => measure(metric, value) },
      {
        title: '95 % interval',
        value: ([metric]) =>
          (candidate.intervals[metric] ?? []).map((edge) => measure(metric, edge)).join(' to '),
      },
    ]),
  ];
}

function evaluationLine({ id, state, genomeHash, outcome }: Evaluation): string {
  const reason = outcome?.status === 'failed' ? ` (${outcome.class}: ${outcome.reason})` : '';
  return `${id}  genome ${genomeHash.slice(0, 12)}  ${state}${reason}`;
}

const isScored = (evaluation: Evaluation | undefined): boolean => evaluation?.outcome?.status === 'scored';

/** What a person asked for, and its scores when it has any. */
async function found(
  api: Api,
  id: string,
): Promise<{ readonly row: object; readonly head: string[]; readonly scores: ScoreSheet | null }> {
  if (id.startsWith('eval_')) {
    const row = await api.get<Evaluation>(`/v1/evaluations/${id}`);
    return { row, head: [evaluationLine(row)], scores: isScored(row) ? await sheetOf(api, [id]) : null };
  }
  const row = await api.get<CandidateDetail>(`/v1/candidates/${id}`);
  const own = row.evaluations.find((evaluation) => evaluation.id === row.evaluationId);
  return { row, head: details(row), scores: isScored(own) ? await sheetOf(api, [id]) : null };
}

export function showCommand(program: Command, io: () => Io): void {
  program
    .command('show <id>')
    .description('one candidate or evaluation: what it is, what it costs, its families, effective context')
    .option('--tasks', 'every task as well')
    .action(async (id: string, { tasks }: { tasks?: true }) => {
      const { row, head, scores } = await found(await Api.open(), id);
      show(io(), { ...row, scores }, () =>
        [
          ...head,
          ...(scores === null ? [] : ['', ...scoreLines(scores, io())]),
          ...(scores === null || tasks === undefined ? [] : ['', taskTable(scores)]),
        ].join('\n'),
      );
    });
}
