// Installs and builds what is missing, and says first what it will download. `node scripts/setup.mjs [--tests | --full]`
import './prelude.mjs';
import { fileURLToPath } from 'node:url';
import { runMain } from './process.mjs';
import { build } from './setup/build.mjs';
import { installNodePackages, nodePackagesFresh } from './setup/node-packages.mjs';
import { installPython, pythonDownloaded, pythonFresh } from './setup/python.mjs';
import { prepareState } from './state.mjs';

/**
 * Makes the checkout runnable. `tests` adds what the checks need, `full` what operators are compared with besides; `say`
 * receives the lines for a person.
 */
export async function setUp({ tests = false, full = false, say = console.error } = {}) {
  const started = Date.now();
  prepareState();
  const missing = { node: !nodePackagesFresh(), python: !pythonFresh({ tests, full }) };
  announce({ node: missing.node, python: !pythonDownloaded({ tests, full }) }, tests, say);
  // Neither needs the other: one downloads while the other unpacks. Both come to their end, so that what one has done is
  // there the next time when the other failed.
  const sides = await Promise.allSettled([
    nodeSide(missing.node, say),
    missing.python ? installPython({ tests, full, say }) : undefined,
  ]);
  const failed = sides.find(({ status }) => status === 'rejected');
  if (failed) throw failed.reason;
  if (missing.node || missing.python) say(`  ready after ${Math.round((Date.now() - started) / 1000)} s`);
}

async function nodeSide(missing, say) {
  if (missing) await installNodePackages(say);
  await build({ say });
}

/** Measured on two shared cores; a slow line makes the download longer. */
function announce(missing, tests, say) {
  if (!missing.node && !missing.python) return;
  say('Asterism installs what this checkout lacks (once; nothing outside this folder and its state folder):');
  if (missing.node)
    say('  - Node packages, PostgreSQL included: about 180 MB to download, 750 MB on disk, 1 to 2 minutes');
  if (missing.python) {
    say(
      `  - Python packages, PyTorch ${tests ? 'and test tools ' : ''}included: about 300 MB to download, 1.3 GB on disk, 1 to 3 minutes`,
    );
    say(
      '    (where pip offers the CUDA build of PyTorch it is several GB: PIP_EXTRA_INDEX_URL may name an index of CPU builds)',
    );
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await runMain(() =>
    setUp({ tests: process.argv.includes('--tests'), full: process.argv.includes('--full') }),
  );
