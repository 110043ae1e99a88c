import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Api } from '../api';
import { CliError } from '../errors';
import { python } from '../python';
import { pull } from './take-home';

/** What `evaluate --harness` hands on to the Python command. */
export interface HarnessOptions {
  readonly harness: string;
  readonly folder?: string;
  readonly data?: string;
  readonly tokenizer?: string;
  readonly firstToken?: string;
  readonly include?: string;
  readonly limit?: string;
  readonly shots?: string;
  readonly context?: string;
  readonly allowCode?: boolean;
  readonly out?: string;
}

const handedOn = ['data', 'tokenizer', 'firstToken', 'include', 'limit', 'shots', 'context', 'out'] as const;

function words(options: HarnessOptions, json: boolean): string[] {
  const values = handedOn.flatMap((name) => {
    const flag = `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
    const value = options[name];
    return value === undefined ? [] : [flag, value];
  });
  return [...values, ...(options.allowCode === true ? ['--allow-code'] : []), ...(json ? ['--json'] : [])];
}

/** Benchmarks of lm-evaluation-harness on a folder of `asterism pull`, or on a candidate, pulled for it. */
export async function harness(
  candidate: string | undefined,
  options: HarnessOptions,
  json: boolean,
): Promise<number> {
  const tasks = options.harness.split(',').filter((name) => name !== '');
  if (tasks[0] === 'list') return python(['harness', '--list', ...words(options, false)]);
  const given = words(options, json);
  if (options.folder !== undefined)
    return python(['harness', ...tasks, '--folder', options.folder, ...given]);
  if (candidate === undefined || existsSync(candidate)) {
    throw new CliError(
      `--harness scores a trained model${candidate === undefined ? '' : `, ${candidate} is a file`}`,
      'name a candidate, or a folder of `asterism pull` with --folder',
    );
  }
  const folder = mkdtempSync(join(tmpdir(), 'asterism-harness-'));
  try {
    await pull(await Api.open(), candidate, folder);
    return await python(['harness', ...tasks, '--folder', folder, ...given]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
