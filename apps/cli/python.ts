import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Command } from 'commander';
import { localPaths } from './connection';
import { CliError } from './errors';

interface Shown {
  /** Errors alone are shown. */
  readonly quiet?: boolean;
}

const PYTHON_COMMANDS = [
  ['distill', 'store what a teacher says for a student’s training, or measure what that is worth'],
] as const;

/** Runs a program with this terminal; its exit code. */
export function run(
  command: string,
  args: readonly string[],
  { quiet = false }: Shown = {},
): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['inherit', quiet ? 'ignore' : 'inherit', 'inherit'] });
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 128)));
  });
}

/** A program of the Python environment that `npm start` makes. */
export async function installed(program: string, remedy: string): Promise<string> {
  const paths = await localPaths();
  const binary = paths === undefined ? undefined : join(paths.venv, 'bin', program);
  if (binary === undefined || !existsSync(binary)) throw new CliError('no worker is installed here', remedy);
  return binary;
}

/** `python -m asterism …` with the Python of this checkout. */
export async function python(args: readonly string[], shown: Shown = {}): Promise<number> {
  const remedy = '`pip install ./workers`, then `python -m asterism` with the same words';
  return run(await installed('python', remedy), ['-m', 'asterism', ...args], shown);
}

/** Commands that the Python side has and this one hands on word for word. */
export function handedOn(program: Command): void {
  for (const [name, description] of PYTHON_COMMANDS) {
    program
      .command(`${name} [words...]`)
      .description(`${description}; \`${name} --help\` shows its own options`)
      .helpOption(false)
      .allowUnknownOption()
      .action(async (words: string[]) => {
        process.exitCode = await python([name, ...words]);
      });
  }
}
