import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { checkout, connect, localPaths } from '../connection';
import { CliError } from '../errors';
import type { Io } from '../io';

function run(command: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: 'inherit' });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

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

export function workerCommand(program: Command): void {
  program
    .command('worker')
    .description('start one worker on this machine for the service in use')
    .option('--core <core>', 'pin it to this core')
    .action(async (options: { core?: string }) => {
      const paths = await localPaths();
      const binary = paths === undefined ? undefined : join(paths.venv, 'bin', 'asterism-worker');
      if (paths === undefined || binary === undefined || !existsSync(binary)) {
        throw new CliError(
          'no worker is installed here',
          '`pip install ./workers`, then asterism-worker --server URL --token-file F',
        );
      }
      const { url } = await connect();
      const core = options.core === undefined ? [] : ['--core', options.core];
      process.exitCode = await run(binary, [
        '--server',
        url,
        '--token-file',
        join(paths.state, 'tokens', 'worker'),
        ...core,
      ]);
    });
}
