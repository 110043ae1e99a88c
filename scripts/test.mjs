// `npm test`: set-up, then checks and tests of both languages. --full adds the heavy ones, --chaos runs the fault runs alone.
// The last line is `N passed, N failed`, checks included.
import './prelude.mjs';
import { runMain, UserError } from './process.mjs';
import { setUp } from './setup.mjs';
import { ensureBrowser } from './test/browser.mjs';
import { runChecks } from './test/checks.mjs';
import { runJest, runPytest } from './test/suites.mjs';

const full = process.argv.includes('--full');
const chaos = process.argv.includes('--chaos');
const live = process.argv.includes('--verbose');

async function main() {
  const started = Date.now();
  await setUp({ tests: true, full, say: console.log });
  const browser = ensureBrowser(console.log);
  if (!browser)
    console.log('  no browser found: the browser tests will fail; install chromium or name one in CHROMIUM');
  const env = {
    NODE_ENV: 'test',
    NODE_NO_WARNINGS: '1',
    ...(browser ? { CHROMIUM: browser } : {}),
    ...(full ? { ASTERISM_FULL: '1' } : {}),
    ...(chaos ? { ASTERISM_CHAOS: '1' } : {}),
  };
  const all = chaos ? await faultRuns(env) : await everything(env);
  const total = (key) => all.reduce((sum, counts) => sum + counts[key], 0);
  const minutes = ((Date.now() - started) / 60_000).toFixed(1);
  console.log(
    `\n${minutes} minutes${total('skipped') > 0 ? `, ${total('skipped')} skipped (heavy: npm run test:full)` : ''}`,
  );
  console.log(`${total('passed')} passed, ${total('failed')} failed`);
  return total('failed') > 0 || total('passed') === 0 ? 1 : 0;
}

/** Tests under test/ that need no installation to themselves. */
const BESIDE = 'test/(architecture|contracts|crosscheck|golden|scripts)/';

/**
 * Python has a core of its own, and what ends before it leaves the other to what crosses languages; what starts whole
 * installations and measures time runs alone, at the end.
 */
async function everything(env) {
  const python = suite('pytest', runPytest(full ? [] : ['-m', 'not full'], { env, live }));
  const checks = await runChecks(report);
  const unit = await suite(
    'jest: libraries and applications',
    runJest('unit', ['--selectProjects', 'unit', 'db', '--maxWorkers=1'], { env, live }),
  );
  const beside = await suite(
    'jest: both languages',
    runJest('beside', ['--selectProjects', 'e2e', '--runInBand', '--testPathPatterns', BESIDE], {
      env,
      live,
    }),
  );
  const pytest = await python;
  const alone = ['--testPathIgnorePatterns', '/node_modules/', BESIDE];
  const e2e = await suite(
    'jest: whole installations',
    runJest('e2e', ['--selectProjects', 'e2e', '--runInBand', ...alone], { env, live }),
  );
  return [checks, unit, beside, pytest, e2e];
}

async function faultRuns(env) {
  return [
    await suite(
      'jest: faults',
      runJest('chaos', ['--selectProjects', 'e2e', '--runInBand', '--testPathPatterns', 'test/chaos'], {
        env,
        live: true,
      }),
    ),
  ];
}

async function suite(name, running) {
  const { counts, ...result } = await running;
  report(
    `${name}: ${counts.passed} passed, ${counts.failed} failed${counts.skipped > 0 ? `, ${counts.skipped} skipped` : ''}`,
    {
      ...result,
      code: counts.failed > 0 ? 1 : 0,
    },
  );
  return counts;
}

function report(name, { code, output, seconds }) {
  console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name} (${seconds.toFixed(1)} s)`);
  if (code !== 0 && !live)
    console.log(output.trimEnd().split('\n').slice(-150).join('\n').replace(/^/gm, '       '));
}

await runMain(async () => {
  try {
    return await main();
  } catch (error) {
    console.log(error instanceof UserError ? `\n${error.message}` : error);
    console.log('0 passed, 1 failed');
    return 1;
  }
});
process.exit();
