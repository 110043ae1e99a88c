// The test suites of both languages, counted from their own reports.
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkout, readJson, venvDir } from '../state.mjs';
import { capture } from './command.mjs';

const reports = join(checkout, 'node_modules', '.cache', 'asterism', 'reports');

/** One Jest run. A suite that cannot even be loaded counts as a failed test. */
export async function runJest(name, args, { env, live }) {
  const file = fresh(`${name}.json`);
  const command = [
    join(checkout, 'node_modules', 'jest', 'bin', 'jest.js'),
    '--json',
    `--outputFile=${file}`,
    '--forceExit',
    ...args,
  ];
  const result = await capture(process.execPath, command, { env, live });
  const report = readJson(file, null);
  if (!report) return { ...result, counts: { passed: 0, failed: 1, skipped: 0 } };
  const counts = {
    passed: report.numPassedTests,
    failed: report.numFailedTests + report.numRuntimeErrorTestSuites,
    skipped: report.numPendingTests + report.numTodoTests,
  };
  // --json prints the whole report as well: only what a person reads is kept.
  return {
    ...result,
    output: result.output.replace(/^\{"numFailedTestSuites".*$/m, ''),
    counts: atLeastOneFailure(counts, result.code),
  };
}

/** The Python tests. */
export async function runPytest(args, { env, live }) {
  const file = fresh('pytest.xml');
  const command = ['-m', 'pytest', 'tests', `--junitxml=${file}`, '-p', 'no:cacheprovider', ...args];
  const result = await capture(join(venvDir(), 'bin', 'python'), command, {
    cwd: join(checkout, 'workers'),
    env: { OMP_NUM_THREADS: '1', ...env },
    live,
  });
  const xml = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const number = (attribute) =>
    Number(new RegExp(`<testsuite [^>]*\\b${attribute}="(\\d+)"`).exec(xml)?.[1] ?? 0);
  const [tests, failed, skipped] = [
    number('tests'),
    number('failures') + number('errors'),
    number('skipped'),
  ];
  return {
    ...result,
    counts: atLeastOneFailure({ passed: tests - failed - skipped, failed, skipped }, result.code),
  };
}

/** A run that ended badly without naming a failed test (crash, nothing collected) is a failure all the same. */
const atLeastOneFailure = (counts, code) =>
  code !== 0 && counts.failed === 0 ? { ...counts, failed: 1 } : counts;

function fresh(name) {
  mkdirSync(reports, { recursive: true });
  rmSync(join(reports, name), { force: true });
  return join(reports, name);
}
