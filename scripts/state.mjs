// The one place that knows where Asterism keeps what it writes, and with which permissions.
import { createHash, randomBytes } from 'node:crypto';
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Root folder of this checkout. */
export const checkout = resolve(fileURLToPath(new URL('..', import.meta.url)));

/** State folder: ASTERISM_STATE, else `.asterism/` of the checkout, else a system folder when other users cannot reach it. */
export function stateDir(env = process.env) {
  if (env.ASTERISM_STATE) return resolve(env.ASTERISM_STATE);
  const inCheckout = join(checkout, '.asterism');
  const user = serviceUser();
  return !user || reachable(checkout, user) ? inCheckout : systemFolder();
}

/** The folders and files inside a state folder. */
export function statePaths(state = stateDir()) {
  return {
    state,
    postgres: join(state, 'pg'),
    redis: join(state, 'redis'),
    artifacts: join(state, 'artifacts'),
    datasets: join(state, 'datasets'),
    logs: join(state, 'logs'),
    tokens: join(state, 'tokens'),
    spool: join(state, 'spool'),
    services: join(state, 'services.json'),
    supervisor: join(state, 'supervisor.json'),
  };
}

/** The Python environment belongs to the checkout, not to a state: throw-away states in tests share it. */
export function venvDir(env = process.env) {
  return env.ASTERISM_VENV ? resolve(env.ASTERISM_VENV) : join(checkout, '.asterism', 'venv');
}

/** Creates the state folders. Only the owner reads secrets; as root the service user must be able to walk through. */
export function prepareState(state = stateDir()) {
  const paths = statePaths(state);
  makeFolder(state, serviceUser() ? 0o711 : 0o700);
  for (const folder of [paths.artifacts, paths.datasets, paths.logs, paths.tokens, paths.spool])
    makeFolder(folder, 0o700);
  return paths;
}

/** Creates a folder when missing and sets its mode either way. */
export function makeFolder(path, mode) {
  mkdirSync(path, { recursive: true, mode });
  chmodSync(path, mode);
}

/** Writes a file that only its owner reads. */
export function writeSecret(path, text) {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(path, text, { mode: 0o600 });
  chmodSync(path, 0o600);
}

/** A password of 192 bits that needs no escaping in a URL or a configuration file. */
export function newPassword() {
  return randomBytes(24).toString('hex');
}

/** Reads JSON, or gives the fallback when the file is missing or torn. */
export function readJson(path, fallback) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return fallback;
  }
}

/**
 * As root PostgreSQL refuses to run, so it runs as `postgres`, else `nobody`; null when we are not root.
 * @returns {{ name: string, uid: number, gid: number } | null}
 */
export function serviceUser() {
  if (process.getuid?.() !== 0) return null;
  const rows = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'));
  const row = rows.find(([name]) => name === 'postgres') ?? rows.find(([name]) => name === 'nobody');
  return row
    ? { name: row[0], uid: Number(row[2]), gid: Number(row[3]) }
    : { name: '65534', uid: 65534, gid: 65534 };
}

/** True when that user may walk every folder down to `path`. */
export function reachable(path, user) {
  for (let folder = resolve(path); ; folder = dirname(folder)) {
    if (existsSync(folder) && !mayWalk(statSync(folder), user)) return false;
    if (folder === dirname(folder)) return true;
  }
}

function mayWalk(stat, user) {
  if (stat.uid === user.uid) return (stat.mode & 0o100) !== 0;
  if (stat.gid === user.gid) return (stat.mode & 0o010) !== 0;
  return (stat.mode & 0o001) !== 0;
}

function systemFolder() {
  const name = `asterism-${createHash('sha256').update(checkout).digest('hex').slice(0, 8)}`;
  return join(writable('/var/lib') ? '/var/lib' : tmpdir(), name);
}

function writable(folder) {
  try {
    accessSync(folder, constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
