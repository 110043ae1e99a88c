import type { Command } from 'commander';
import { decodeStar, encodeStar, parseGenome } from '@asterism/genome';
import { estimate } from '@asterism/estimate';
import { CliError } from '../errors';
import { localGenome } from '../genome-ref';
import { readJson } from '../input';
import { show, type Io } from '../io';
import { number } from '../output/format';
import { table } from '../output/table';
import { localSpace } from '../space-ref';

function wholeNumber(text: string, name: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new CliError(`${name} is '${text}'`, 'give a whole number from 1 up');
  return value;
}

export function estimateCommand(program: Command, io: () => Io): void {
  program
    .command('estimate <genome>')
    .description('parameters, cache, FLOPs of a genome file or library genome; needs no service')
    .option('--context <tokens>', 'context length the costs are taken at', '4096')
    .option('--preset <preset>', 'bytes per element: deploy (2/2/4/2) or star (2 everywhere)', 'deploy')
    .action((reference: string, options: { context: string; preset: string }) => {
      const { preset } = options;
      if (preset !== 'deploy' && preset !== 'star')
        throw new CliError(`preset '${preset}'`, 'use deploy or star');
      const { genome } = localGenome(reference);
      const result = estimate(genome, { context: wholeNumber(options.context, '--context'), preset });
      show(io(), result, () =>
        table(
          [
            ['parameters', result.params],
            ['without embeddings', result.paramsNonEmbedding],
            ['active per token', result.paramsActive],
            [`cache at ${options.context} (bytes)`, result.cacheBytes],
            ['of it fixed state (bytes)', result.stateBytes],
            ['FLOPs per token, training', result.flopsPerToken.train],
            ['FLOPs per token, prefill', result.flopsPerToken.prefill],
            ['FLOPs per token, decode', result.flopsPerToken.decode],
          ] as const,
          [
            { title: 'estimate', value: ([name]) => name },
            { title: 'exact', right: true, value: ([, value]) => value.toLocaleString('en-US') },
            { title: '', right: true, value: ([, value]) => number(value) },
          ],
        ),
      );
    });
}

export function validateCommand(program: Command, io: () => Io): void {
  program
    .command('validate <genome>')
    .description('say whether a genome is valid, with every problem and its line')
    .action((path: string) => {
      const file = readJson(path);
      const value =
        typeof file.value === 'object' && file.value !== null && 'genome' in file.value
          ? file.value.genome
          : file.value;
      const result = parseGenome(value);
      const problems = result.ok ? [] : result.problems;
      show(io(), { valid: result.ok, problems }, () =>
        result.ok
          ? `${path}: valid`
          : problems
              .map(
                (p) =>
                  `${path}:${file.line(p.pointer)}: ${p.pointer || '/'}: ${p.message}${p.allowed === undefined ? '' : `; allowed: ${p.allowed}`}`,
              )
              .join('\n'),
      );
      if (!result.ok) process.exitCode = 1;
    });
}

export function codeCommands(program: Command, io: () => Io): void {
  program
    .command('encode <genome>')
    .description("the genome's STAR code, five integers per LIV")
    .requiredOption('--space <space>', 'space that fixes the knobs: a name or a file')
    .action((reference: string, options: { space: string }) => {
      const result = encodeStar(localSpace(options.space), localGenome(reference).genome);
      if (!result.ok)
        throw new CliError(
          result.problems[0]?.message ?? 'not in this space',
          'choose a space that has its operators and knobs',
        );
      show(io(), { code: result.value }, () => result.value);
    });
  program
    .command('decode <code>')
    .description('the genome of a STAR code')
    .requiredOption('--space <space>', 'space that fixes the knobs: a name or a file')
    .action((code: string, options: { space: string }) => {
      const result = decodeStar(localSpace(options.space), code);
      if (!result.ok)
        throw new CliError(
          result.problems[0]?.message ?? 'not a STAR code',
          'five digits per LIV, joined by -',
        );
      io().out(JSON.stringify(result.value, null, 2));
    });
}
