// Starts and stops PostgreSQL from the installed binaries. Why our own launcher: docs/decisions/0007.
import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { prepareBinaries } from './postgres-binaries.mjs';
import {
  commandOf,
  endProcess,
  isAlive,
  serverPort,
  sleep,
  spawnDetached,
  tailOf,
  UserError,
  waitFor,
} from './process.mjs';
import { makeFolder, newPassword, serviceUser } from './state.mjs';

const require = createRequire(import.meta.url);
const database = 'asterism';
// PostgreSQL reads the encoding of a new cluster from here: without it a bare machine gives SQL_ASCII.
const locale = { LANG: 'C.UTF-8', LC_ALL: 'C.UTF-8' };

/**
 * Makes a server run on the data folder: reuses the one that answers, else starts it on its old port when that is free.
 * @returns {Promise<{ port: number, password: string, pid: number, url: string }>}
 */
export async function startPostgres({ data, log, remembered = {}, wantedPort = 7711, fsync = true }) {
  const password = remembered.password ?? newPassword();
  const running = readPostmaster(data);
  if (running && (await isOurs(running.port, password, data)))
    return record(running.port, password, running.pid);

  const user = serviceUser();
  const native = prepareBinaries(dirname(data), user);
  if (!existsSync(join(data, 'PG_VERSION'))) createCluster({ native, data, password, user });
  const { port, pid } = await launch({
    native,
    data,
    log,
    findPort: () => serverPort(remembered.port, wantedPort),
    password,
    user,
    fsync,
  });
  await createDatabase(port, password);
  return record(port, password, pid);
}

/** Fast shutdown, then immediate: committed work is safe in both. */
export async function stopPostgres({ data }) {
  const running = readPostmaster(data);
  if (!running) return;
  await endProcess(running.pid, [
    ['SIGINT', 6000],
    ['SIGQUIT', 2000],
    ['SIGKILL', 1000],
  ]);
}

/** Process id and port of the live server of this data folder, from its postmaster.pid; null when there is none. */
export function readPostmaster(data) {
  try {
    const lines = readFileSync(join(data, 'postmaster.pid'), 'utf8').split('\n');
    const pid = Number(lines[0]);
    return isAlive(pid) && commandOf(pid).includes(data) ? { pid, port: Number(lines[3]) } : null;
  } catch {
    return null;
  }
}

export const postgresUrl = (port, password) =>
  `postgresql://${database}:${password}@127.0.0.1:${port}/${database}`;

function record(port, password, pid) {
  return { port, password, pid, url: postgresUrl(port, password) };
}

function createCluster({ native, data, password, user }) {
  makeFolder(data, 0o700);
  const secret = `${data}.password`;
  writeFileSync(secret, password, { mode: 0o600 });
  if (user) for (const path of [data, secret]) chownSync(path, user.uid, user.gid);
  const args = [
    '-D',
    data,
    '-U',
    database,
    '-A',
    'scram-sha-256',
    '--pwfile',
    secret,
    '-E',
    'UTF8',
    '--locale=C.UTF-8',
  ];
  const made = spawnSync(join(native, 'bin', 'initdb'), args, { ...identity(user), encoding: 'utf8' });
  rmSync(secret, { force: true });
  if (made.status === 0) return;
  const said = `${made.error?.message ?? ''}${made.stderr ?? ''}`.trim();
  throw new UserError(
    `PostgreSQL could not create its data folder ${data}: ${said.split('\n').slice(-3).join(' ')}`,
    said.includes('user does not exist')
      ? 'this user has no entry in /etc/passwd: add one, or give DATABASE_URL'
      : 'look at the permissions of that folder, choose another with ASTERISM_STATE, or give DATABASE_URL',
  );
}

function identity(user) {
  return {
    cwd: '/',
    env: { PATH: process.env.PATH, TZ: 'UTC', ...locale },
    ...(user ? { uid: user.uid, gid: user.gid } : {}),
  };
}

/** Right after a kill -9 the old lock file may still name a process that is not yet gone: try for ten seconds. */
async function launch({ native, data, log, findPort, password, user, fsync }) {
  const args = [
    '-D',
    data,
    '-c',
    'listen_addresses=127.0.0.1',
    '-c',
    'unix_socket_directories=',
    '-c',
    `fsync=${fsync ? 'on' : 'off'}`,
    '-c',
    'max_connections=100',
  ];
  for (const end = Date.now() + 20_000; ; await sleep(500)) {
    const port = await findPort();
    const child = spawnDetached(join(native, 'bin', 'postgres'), [...args, '-p', String(port)], {
      log,
      ...identity(user),
    });
    const ready = await waitFor(
      async () =>
        child.exitCode !== null || child.signalCode !== null || (await isOurs(port, password, data)),
      { timeoutMs: 60_000, everyMs: 60 },
    );
    if (ready && child.exitCode === null && child.signalCode === null) return { port, pid: child.pid };
    if (Date.now() > end || !ready)
      throw new UserError(`PostgreSQL did not start:\n${tailOf(log)}`, `the whole log is ${log}`);
  }
}

/** True when the server on this port takes our password and serves our data folder. */
async function isOurs(port, password, data) {
  const rows = await query(port, password, 'postgres', 'show data_directory').catch(() => []);
  return rows[0]?.data_directory === data;
}

async function createDatabase(port, password) {
  const found = await query(
    port,
    password,
    'postgres',
    `select 1 from pg_database where datname = '${database}'`,
  );
  if (found.length === 0) await query(port, password, 'postgres', `create database ${database}`);
}

async function query(port, password, name, sql) {
  const { Client } = require('pg');
  const client = new Client({
    host: '127.0.0.1',
    port,
    user: database,
    password,
    database: name,
    connectionTimeoutMillis: 3000,
  });
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
