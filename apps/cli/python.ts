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

/** Runs a program and keeps what it writes; its errors are shown. */
export function output(
  command: string,
  args: readonly string[],
): Promise<{ readonly code: number; readonly out: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { stdio: ['inherit', 'pipe', 'inherit'] });
    const pieces: Buffer[] = [];
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    child.once('error', reject);
    child.once('close', (code, signal) =>
      resolve({ code: code ?? (signal === null ? 1 : 128), out: Buffer.concat(pieces).toString('utf8') }),
    );
  });
}

/** A program of the Python environment that `npm start` makes. */
export async function installed(program: string, remedy: string): Promise<string> {
  const paths = await localPaths();
  const binary = paths === undefined ? undefined : join(paths.venv, 'bin', program);
  if (binary === undefined || !existsSync(binary)) throw new CliError('no worker is installed here', remedy);
  return binary;
}

const PYTHON = '`pip install ./workers`, then `python -m asterism` with the same words';

/** `python -m asterism …` with the Python of this checkout. */
export async function python(args: readonly string[], shown: Shown = {}): Promise<number> {
  return run(await installed('python', PYTHON), ['-m', 'asterism', ...args], shown);
}

/** The same, for what is read before it is shown. */
export async function pythonOutput(args: readonly string[]): ReturnType<typeof output> {
  return output(await installed('python', PYTHON), ['-m', 'asterism', ...args]);
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
