import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { DatasetView } from '@asterism/contracts';
import { Api } from '../api';
import { toldContext } from '@asterism/scores';
import { show, type Io } from '../io';
import { pythonOutput } from '../python';
import { curveLines, withIntervals, type Curve } from '../scores/context';
import { pull } from './take-home';

interface Options {
  readonly folder?: true;
  readonly lengths?: string;
  readonly rows: string;
  readonly suite?: string;
}

/** What the tasks in real text read; without it they are left out, and said to be. */
const TEXT = 'stdlib';

/** A candidate's weights and the text, as files of a folder; the words that name them. */
async function taken(api: Api, candidate: string, folder: string): Promise<string[]> {
  await pull(api, candidate, folder);
  const text = (await api.all<DatasetView>('/v1/datasets')).find(({ name }) => name === TEXT);
  if (text === undefined) return [folder];
  const path = join(folder, `${TEXT}.jsonl`);
  writeFileSync(path, await api.bytes(`/v1/artifacts/${text.sha256}`));
  return [folder, '--dataset', `${TEXT}=${path}`];
}

/** Asks a candidate's weights, or those of a pulled folder, at several lengths; Python answers, the verdict is ours. */
async function context(reference: string, options: Options, io: Io): Promise<number> {
  const { folder, lengths, rows, suite } = options;
  const chosen = lengths === undefined ? [] : ['--lengths', lengths];
  const asked = [...chosen, '--rows', rows, ...(suite === undefined ? [] : ['--suite', suite])];
  const words = [...asked, '--json'];
  if (folder !== undefined) return shown(await pythonOutput(['context', reference, ...words]), rows, io);
  const place = mkdtempSync(join(tmpdir(), 'asterism-context-'));
  try {
    const from = await taken(await Api.open(), reference, place);
    return shown(await pythonOutput(['context', ...from, ...words]), rows, io);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

function shown({ code, out }: Awaited<ReturnType<typeof pythonOutput>>, rows: string, io: Io): number {
  if (code !== 0) return code;
  const curve = withIntervals(JSON.parse(out) as Curve, Number(rows));
  show(io, { ...curve, told: toldContext(curve) }, () => curveLines(curve, io).join('\n'));
  return 0;
}

export function contextCommand(program: Command, io: () => Io): void {
  program
    .command('context <candidate>')
    .description('effective context of its weights: the thirteen tasks of RULER with more and more filler')
    .option('--folder', 'the name is a folder of `asterism pull`')
    .option('--lengths <list>', 'tokens of a row; 128 to 1,024 at nano, 512 to 4,096 at xs unless given')
    .option('--rows <n>', 'rows of each task and length', '64')
    .option('--suite <suite>', 'nano-2 or xs-1, where its training was on neither')
    .action(async (reference: string, options: Options) => {
      process.exitCode = await context(reference, options, io());
    });
}
