import type { Command } from 'commander';
import type { Evaluation, Profile } from '@asterism/contracts';
import { Api } from '../api';
import { CliError } from '../errors';
import { anyGenome } from '../genome-ref';
import { show, type Io } from '../io';
import { measure } from '../output/format';
import { table } from '../output/table';
import { scoreLines } from '../scores/lines';
import { sheetOf } from '../scores/sheet';
import { until } from '../wait';
import { harness, type HarnessOptions } from './harness';

const terminalStates: ReadonlySet<string> = new Set(['finished', 'failed', 'cancelled']);

export async function evaluate(
  api: Api,
  io: Io,
  reference: string,
  tier: string,
  replicate: number,
  rungs?: readonly number[],
): Promise<Evaluation> {
  const { genome } = await anyGenome(api, reference);
  const asked = { genome, tier, replicate, ...(rungs === undefined ? {} : { rungs }) };
  const row = await api.post<Evaluation>('/v1/evaluations', asked);
  return until(
    io,
    `${reference} replicate ${replicate}`,
    () => api.get<Evaluation>(`/v1/evaluations/${row.id}`),
    terminalStates,
  );
}

/** A failure class is the answer to the person, not a number. */
export function refuseUnscored(evaluation: Evaluation): void {
  const { outcome } = evaluation;
  if (outcome?.status === 'scored') return;
  const reason = outcome?.status === 'failed' ? `${outcome.class}: ${outcome.reason}` : evaluation.state;
  throw new CliError(`${evaluation.id} has no score (${reason})`, `see \`asterism logs ${evaluation.id}\``);
}

/** The scores as `show` draws them. */
async function scoreText(api: Api, evaluation: Evaluation, blocks: boolean): Promise<string> {
  if (evaluation.outcome?.status !== 'scored') return `${evaluation.id} ${evaluation.state}`;
  return [evaluation.id, ...scoreLines(await sheetOf(api, [evaluation.id]), { blocks })].join('\n');
}

/** `.25,.5,1`. */
function rungsOf(given: string): readonly number[] {
  const rungs = given.split(',').map(Number);
  if (rungs.every((rung) => rung > 0 && rung <= 1)) return rungs;
  throw new CliError(
    `${given} are no rungs`,
    'name fractions of the tier’s tokens, rising: --rungs .25,.5,1',
  );
}

function rungLines({ outcome }: Evaluation): readonly string[] {
  if (outcome?.status !== 'scored') return [];
  return (outcome.rungs ?? []).map(
    ({ fraction, quality, tokens, branchTokens }) =>
      `rung ${fraction}: quality ${quality.value.toFixed(3)} after ${tokens} tokens and ${branchTokens} of its branch`,
  );
}

type EvaluateOptions = Partial<HarnessOptions> & {
  readonly tier: string;
  readonly replicate: string;
  readonly rungs?: string;
};

export function evaluateCommand(program: Command, io: () => Io): void {
  program
    .command('evaluate [genome]')
    .description('train and score one genome outside any search (file, library name or candidate id)')
    .option('--tier <tier>', 'tier', 'nano')
    .option('--replicate <k>', 'which of the paired seeds', '0')
    .option('--rungs <fractions>', 'anneal and score at these fractions of the tokens: .25,.5,1')
    .option(
      '--harness <tasks>',
      'train nothing: benchmarks on disk (`list` shows them), probes, comma-separated',
    )
    .option('--folder <folder>', 'with --harness: a pulled model, in place of a candidate')
    .option('--data <folder>', 'with --harness: datasets as `hf download` leaves them')
    .option('--tokenizer <file>', 'with --harness: tokenizer.json of the model; bytes without')
    .option('--first-token <id>', 'with --harness: id of the tokenizer’s token 0 in the model')
    .option('--include <folder>', 'with --harness: your own task files')
    .option('--limit <n>', 'with --harness: documents of each task')
    .option('--shots <n>', 'with --harness: examples before each question')
    .option('--context <tokens>', 'with --harness: tokens read at once')
    .option('--allow-code', 'with --harness: let tasks run what the model writes, confined')
    .option('--out <file>', 'with --harness: write the whole result as JSON')
    .action(async (reference: string | undefined, options: EvaluateOptions) => {
      if (options.harness !== undefined) {
        process.exitCode = await harness(reference, { ...options, harness: options.harness }, io().json);
        return;
      }
      if (reference === undefined)
        throw new CliError('no genome', 'name a file, library genome or candidate');
      const { tier, replicate } = options;
      const rungs = options.rungs === undefined ? undefined : rungsOf(options.rungs);
      const api = await Api.open();
      const evaluation = await evaluate(api, io(), reference, tier, Number(replicate), rungs);
      const scores = await scoreText(api, evaluation, io().blocks);
      const text = [scores, ...rungLines(evaluation)].join('\n');
      show(io(), evaluation, () => text);
      refuseUnscored(evaluation);
    });
}

export function profileCommand(program: Command, io: () => Io): void {
  program
    .command('profile <genome>')
    .description("measure one genome on a target, at the genome's own size")
    .option('--target <target>', 'target', 'cpu/torch/fp32')
    .action(async (reference: string, options: { target: string }) => {
      const api = await Api.open();
      const { genome } = await anyGenome(api, reference);
      const row = await api.post<Profile>('/v1/profiles', { genome, target: options.target });
      const profile = await until(
        io(),
        reference,
        () => api.get<Profile>(`/v1/profiles/${row.id}`),
        terminalStates,
      );
      const { outcome } = profile;
      if (outcome?.status !== 'measured') {
        throw new CliError(
          `${profile.id} was not measured (${outcome?.reason ?? profile.state})`,
          'see `asterism doctor`',
        );
      }
      const flags = [
        outcome.settled ? '' : 'did not settle',
        outcome.contended ? 'contended machine' : '',
        outcome.undecided ? 'yardsticks disagree: undecided' : '',
      ];
      show(io(), profile, () =>
        [
          `${profile.id} on ${outcome.target}${flags
            .filter(Boolean)
            .map((flag) => `, ${flag}`)
            .join('')}`,
          table(Object.entries(outcome.metrics), [
            { title: 'metric', value: ([metric]) => metric },
            { title: 'value', right: true, value: ([metric, value]) => measure(metric, value) },
            {
              title: '95 % interval',
              value: ([metric]) =>
                (outcome.intervals[metric] ?? []).map((edge) => measure(metric, edge)).join(' to '),
            },
          ]),
        ].join('\n'),
      );
    });
}
