// The Python environment of the workers: a venv with locked packages and the worker package itself, editable.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { UserError } from '../process.mjs';
import { checkout, venvDir } from '../state.mjs';
import { step } from './run.mjs';
import { fingerprint } from './stamps.mjs';

const locks = {
  runtime: 'workers/requirements-cpu.lock',
  test: 'workers/requirements-test.lock',
  full: 'workers/requirements-full.lock',
};
const titles = {
  runtime: 'installing Python packages (PyTorch and others)',
  test: 'installing Python packages of the tests',
  full: 'installing the packages that our operators are compared with',
};
/** What the Python side writes has a log of its own, since the Node side runs at the same time. */
const aside = (say) => ({ say, logName: 'setup-python' });
const candidates = ['python3.12', 'python3.11', 'python3.13', 'python3.14', 'python3'];

/** The interpreter inside the environment. */
export const venvPython = () => join(venvDir(), 'bin', 'python');

/** The first Python on this machine that is new enough; null when there is none. */
export function systemPython() {
  const names = process.env.PYTHON ? [process.env.PYTHON] : candidates;
  return (
    names.find(
      (name) => spawnSync(name, ['-c', 'import sys; sys.exit(sys.version_info < (3, 11))']).status === 0,
    ) ?? null
  );
}

/** True when the environment was made from today's locks. */
export function pythonFresh(wanted) {
  return pythonDownloaded(wanted) && workerFresh();
}

/** True when the locked packages are there: what is left to do needs no download. */
export function pythonDownloaded(wanted) {
  return (
    existsSync(venvPython()) && kinds(wanted).every((kind) => readStamp(kind) === fingerprint([locks[kind]]))
  );
}

/** Creates the environment and installs what is missing. */
export async function installPython({ say, ...wanted }) {
  if (!existsSync(venvPython())) await createVenv(say);
  for (const kind of kinds(wanted))
    if (readStamp(kind) !== fingerprint([locks[kind]])) await installLock(kind, say);
  if (!workerFresh()) await installWorker(say);
}

/** Each lock is installed beside those before it. */
const kinds = ({ tests = false, full = false }) => [
  'runtime',
  ...(tests || full ? ['test'] : []),
  ...(full ? ['full'] : []),
];

async function createVenv(say) {
  const python = systemPython();
  if (!python)
    throw new UserError(
      'no Python 3.11 or newer on this machine',
      'install one (Debian: apt-get install python3 python3-venv), or name it in PYTHON',
    );
  await step('creating the Python environment', python, ['-m', 'venv', venvDir()], {
    ...aside(say),
    remedy: 'on Debian and Ubuntu: apt-get install python3-venv',
  });
}

async function installLock(kind, say) {
  // A later lock names packages whose needs are in an earlier one: the runtime's bounds each installation.
  const args = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '-c',
    locks.runtime,
    '-r',
    locks[kind],
  ];
  await step(titles[kind], venvPython(), args, {
    ...aside(say),
    remedy: 'check the network and the pip configuration of this machine, then start again',
  });
  writeFileSync(stampFile(kind), fingerprint([locks[kind]]));
}

async function installWorker(say) {
  const args = [
    '-m',
    'pip',
    'install',
    '--disable-pip-version-check',
    '--no-deps',
    '--no-build-isolation',
    '-e',
    './workers',
  ];
  await step('installing the worker package', venvPython(), args, aside(say));
  writeFileSync(stampFile('worker'), workerStamp());
}

const workerFresh = () =>
  readStamp('worker') === workerStamp() && existsSync(join(venvDir(), 'bin', 'asterism-worker'));
const workerStamp = () => `${checkout} ${fingerprint(['workers/pyproject.toml'])}`;
const stampFile = (kind) => join(venvDir(), `.asterism-${kind}`);

function readStamp(kind) {
  return existsSync(stampFile(kind)) ? readFileSync(stampFile(kind), 'utf8') : '';
}
