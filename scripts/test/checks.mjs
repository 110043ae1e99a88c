// Formatting, lint, types and architecture of both languages. Each check counts as one test.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, venvDir } from '../state.mjs';
import { capture } from './command.mjs';

const node = (name) => join(checkout, 'node_modules', '.bin', name);
const python = (name) => join(venvDir(), 'bin', name);
const workers = { cwd: join(checkout, 'workers') };

const checks = [
  ['lock complete, without addresses', process.execPath, ['scripts/complete-lock.mjs', '--check']],
  ['contracts up to date', process.execPath, ['scripts/contracts.mjs', '--check']],
  ['types', node('tsc'), ['-p', 'tsconfig.check.json']],
  ['types of the dashboard', node('tsc'), ['-p', 'apps/dashboard/tsconfig.json']],
  ['eslint', node('eslint'), ['.', '--max-warnings', '0']],
  ['prettier', node('prettier'), ['--check', '.', '--log-level', 'warn']],
  ['import rules', node('depcruise'), ['--config', '.dependency-cruiser.cjs', 'libs', 'apps']],
  ['ruff', python('ruff'), ['check', '.'], workers],
  ['ruff format', python('ruff'), ['format', '--check', '.'], workers],
  ['pyright', python('pyright'), ['--pythonpath', python('python')], workers],
  ['import layers', python('lint-imports'), ['--no-cache'], workers],
];

/** Runs them one after the other. @returns counts */
export async function runChecks(report) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const [name, command, args, options] of checks) {
    const result = existsSync(command)
      ? await capture(command, args, options)
      : { code: 127, output: `${command} is missing`, seconds: 0 };
    counts[result.code === 0 ? 'passed' : 'failed'] += 1;
    report(name, result);
  }
  return counts;
}
