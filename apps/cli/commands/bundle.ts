import { existsSync } from 'node:fs';
import type { Command } from 'commander';
import { replay } from '@asterism/search';
import { Api } from '../api';
import { readArchive, writeArchive } from '../bundle/archive';
import { collect } from '../bundle/collect';
import { parseLog } from '../bundle/log';
import { CliError } from '../errors';
import { show, type Io } from '../io';

export function bundleCommand(program: Command, io: () => Io): void {
  program
    .command('bundle <search> [file]')
    .description(
      'one archive with spec, log, scores, raw profiles, versions and checksums; replays without a service',
    )
    .action(async (id: string, target?: string) => {
      const path = target ?? `${id}.tar.gz`;
      const files = await collect(await Api.open(), id);
      await writeArchive(path, files);
      show(
        io(),
        { file: path, files: files.size },
        () => `wrote ${path} (${files.size} files); check it with: asterism replay ${path}`,
      );
    });
}

async function logText(reference: string): Promise<string> {
  if (!existsSync(reference)) return (await Api.open()).text(`/v1/searches/${reference}/log`);
  const log = (await readArchive(reference)).get('log.ndjson');
  if (log === undefined)
    throw new CliError(`${reference} has no log.ndjson`, 'make one with `asterism bundle <search>`');
  return log.toString('utf8');
}

export function replayCommand(program: Command, io: () => Io): void {
  program
    .command('replay <search-or-bundle>')
    .description('recompute every decision from the log and name the first divergence')
    .action(async (reference: string) => {
      const result = replay(parseLog(await logText(reference)));
      const { ok } = result;
      show(io(), result.ok ? { ok, events: result.state.seq, hash: result.state.hash } : result, () =>
        result.ok
          ? `replayed ${result.state.seq} events: every decision recomputes; log hash ${result.state.hash}`
          : `diverges at event ${result.seq}: ${result.reason}`,
      );
      if (!result.ok) process.exitCode = 1;
    });
}
