import type { Command } from 'commander';
import { Api } from '../api';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { comparison } from '../scores/compare';
import { MOST, sheetOf } from '../scores/sheet';
import { evaluate, refuseUnscored } from './measure';

interface Options {
  readonly seeds?: string;
  readonly tier?: string;
}

const MOST_SEEDS = 20;
const isScored = (reference: string): boolean => /^(cand|eval)_/.test(reference);

/** What was scored already stands for itself; genomes, and all with `--seeds`, are trained where not yet there. */
async function idsOf(api: Api, io: Io, references: readonly string[], options: Options): Promise<string[]> {
  if (options.seeds === undefined && options.tier === undefined && references.every(isScored))
    return [...references];
  const seeds = Number(options.seeds ?? 3);
  if (!Number.isInteger(seeds) || seeds < 1 || seeds > MOST_SEEDS)
    throw new CliError(`--seeds ${options.seeds}`, `give a whole number from 1 to ${MOST_SEEDS}`);
  const trained = references.find((reference) => reference.startsWith('eval_'));
  if (trained !== undefined)
    throw new CliError(`${trained} is one training`, 'compare evaluations with each other, without --seeds');
  return Promise.all(
    references.map((reference) => replicates(api, io, reference, options.tier ?? 'nano', seeds)),
  );
}

/** Trains a genome under each seed; the first evaluation stands for all. */
async function replicates(api: Api, io: Io, reference: string, tier: string, seeds: number): Promise<string> {
  const rows = await Promise.all(
    Array.from({ length: seeds }, (_, replicate) => evaluate(api, io, reference, tier, replicate)),
  );
  rows.forEach(refuseUnscored);
  return rows[0]!.id;
}

export function compareCommand(program: Command, io: () => Io): void {
  program
    .command('compare <a> <b> [others...]')
    .description(
      'two to five candidates, evaluations or genomes: what differs beyond the noise of items and seeds',
    )
    .option('--seeds <n>', 'train each under so many paired seeds where not yet there; genomes: 3')
    .option('--tier <tier>', 'tier of those trainings (default: nano)')
    .action(async (a: string, b: string, others: string[], options: Options) => {
      const references = [a, b, ...others];
      if (references.length > MOST)
        throw new CliError(`${references.length} to compare`, `name at most ${MOST}`);
      const api = await Api.open();
      const sheet = await sheetOf(api, await idsOf(api, io(), references, options));
      const labels = references.map((reference, at) =>
        isScored(reference) ? (sheet.items[at]?.label ?? reference) : reference,
      );
      show(io(), sheet, () => comparison(sheet, labels));
    });
}
