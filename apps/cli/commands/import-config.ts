import type { Command } from 'commander';
import { configText, exportConfig, genomeHash, importConfig, modelTypes, normalForm } from '@asterism/genome';
import { estimate } from '@asterism/estimate';
import { CliError } from '../errors';
import { localGenome } from '../genome-ref';
import { readJson, refuse } from '../input';
import { show, type Io } from '../io';

export function importCommand(program: Command, io: () => Io): void {
  program
    .command('import <config>')
    .description(
      'the genome of a Transformers config.json, or the first field that does not map; needs no service',
    )
    .option('--name <name>', 'label of the genome')
    .action((path: string, options: { name?: string }) => {
      const file = readJson(path, { infinity: true });
      const result = importConfig(file.value);
      if (!result.ok) throw refuse(file, result.problems);
      const { notes } = result.value;
      const genome = {
        ...normalForm(result.value.genome),
        ...(options.name !== undefined && { name: options.name }),
      };
      const { params } = estimate(genome, { context: 4096, preset: 'deploy' });
      for (const note of notes) process.stderr.write(`note: ${note}\n`);
      show(io(), { genome, hash: genomeHash(genome), params, notes }, () => JSON.stringify(genome, null, 2));
    });
}

export function exportConfigCommand(program: Command, io: () => Io): void {
  program
    .command('export-config <genome>')
    .description('a genome as a Transformers config.json, where a released family says it exactly')
    .option('--model-type <type>', `one of ${modelTypes.join(', ')}; the first that fits when not given`)
    .action((reference: string, options: { modelType?: string }) => {
      const result = exportConfig(localGenome(reference).genome, options.modelType);
      if (!result.ok)
        throw new CliError(
          `${reference} ${result.problems[0]?.message ?? 'does not map'}`,
          `families: ${modelTypes.join(', ')}`,
        );
      io().out(configText(result.value));
    });
}
