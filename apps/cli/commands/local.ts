import { join } from 'node:path';
import type { Command } from 'commander';
import type { WorkerView } from '@asterism/contracts';
import { Api } from '../api';
import { checkout, connect, localPaths } from '../connection';
import { CliError } from '../errors';
import { show, type Io } from '../io';
import { table } from '../output/table';
import { installed, run } from '../python';

export function doctorCommand(program: Command, io: () => Io): void {
  program
    .command('doctor')
    .description('what this machine has, what is wanted, and the remedy')
    .action(async () => {
      const root = checkout();
      if (root === undefined) throw new CliError('no checkout here', 'run it from a clone of the project');
      process.exitCode = await run(process.execPath, [
        join(root, 'scripts', 'doctor.mjs'),
        ...(io().json ? ['--json'] : []),
      ]);
    });
}

export function workerCommand(program: Command, io: () => Io): void {
  const worker = program
    .command('worker')
    .description('start one worker on this machine for the service in use')
    .option('--core <core>', 'pin it to this core')
    .action(async (options: { core?: string }) => {
      const remedy = '`pip install ./workers`, then asterism-worker --server URL --token-file F';
      const binary = await installed('asterism-worker', remedy);
      const paths = await localPaths();
      const { url } = await connect();
      const core = options.core === undefined ? [] : ['--core', options.core];
      process.exitCode = await run(binary, [
        '--server',
        url,
        '--token-file',
        join(paths?.state ?? '', 'tokens', 'worker'),
        ...core,
      ]);
    });
  listWorkers(worker, io);
  drainWorker(worker, io);
}

/** Newest first; those that left long ago are kept by the service for the record, and left out here. */
async function livingWorkers(api: Api): Promise<readonly WorkerView[]> {
  return (await api.get<{ items: readonly WorkerView[] }>('/v1/workers')).items.filter(({ alive }) => alive);
}

function listWorkers(worker: Command, io: () => Io): void {
  worker
    .command('list')
    .description('workers of the service that are there now')
    .action(async () => {
      const workers = await livingWorkers(await Api.open());
      show(io(), workers, () =>
        workers.length === 0
          ? 'no worker is there; start one with: asterism worker'
          : table(workers, [
              { title: 'worker', value: (one) => one.id },
              { title: 'name', value: (one) => one.name },
              { title: 'state', value: (one) => (one.draining ? 'draining' : 'serving') },
              { title: 'works on', value: (one) => one.working ?? '–' },
              { title: 'numeric class', value: (one) => one.numericClass },
            ]),
      );
    });
}

function drainWorker(worker: Command, io: () => Io): void {
  worker
    .command('drain <worker>')
    .description('id or name: its job goes on elsewhere from its checkpoint, and the worker ends')
    .action(async (wanted: string) => {
      const api = await Api.open();
      const found = (await livingWorkers(api)).find(({ id, name }) => id === wanted || name === wanted);
      if (found === undefined)
        throw new CliError(`no worker ${wanted} is there`, 'asterism worker list shows those that are');
      const drained = await api.post<WorkerView>(`/v1/workers/${found.id}/drain`, {});
      const job = drained.working === null ? 'it has no job' : `${drained.working} goes on elsewhere`;
      show(io(), drained, () => `${drained.name} is draining: ${job}; it ends by itself`);
    });
}
