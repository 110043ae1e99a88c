// Small tools over child processes and ports, shared by the scripts.
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { createConnection, createServer } from 'node:net';

export const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

/** Asks again until `probe` gives something truthy; null when the time is over. */
export async function waitFor(probe, { timeoutMs, everyMs = 100 }) {
  for (const end = Date.now() + timeoutMs; ; await sleep(everyMs)) {
    const found = await probe();
    if (found) return found;
    if (Date.now() > end) return null;
  }
}

/** True while the process exists and is not a zombie. */
export function isAlive(pid) {
  try {
    process.kill(pid, 0);
  } catch (error) {
    return error.code === 'EPERM';
  }
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return process.platform !== 'linux';
  }
}

/** The command line of a process, '' when it cannot be read: tells our process from a stranger with a reused number. */
export function commandOf(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
  } catch {
    return spawnSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' }).stdout ?? '';
  }
}

/** Sends the signals one after the other, each with its patience, until the process is gone. */
export async function endProcess(pid, steps) {
  for (const [signal, patienceMs] of steps) {
    if (!isAlive(pid)) return true;
    trySignal(pid, signal);
    if (await waitFor(() => !isAlive(pid), { timeoutMs: patienceMs, everyMs: 25 })) return true;
  }
  return !isAlive(pid);
}

/** Signals a process (or, with a negative number, its group); false when it is gone. */
export function trySignal(pid, signal) {
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/** Starts a process in its own session, so that Ctrl-C reaches us only; output is appended to a log. */
export function spawnDetached(command, args, { log, env = process.env, cwd = '/', ...rest }) {
  const out = openSync(log, 'a', 0o600);
  const child = spawn(command, args, { detached: true, stdio: ['ignore', out, out], env, cwd, ...rest });
  closeSync(out);
  child.on('error', () => undefined);
  child.unref();
  return child;
}

/**
 * The wanted port when it is free within the patience, else any free one (0: any). A killed server holds its port for
 * some milliseconds after its process has gone, so a port that is to be taken again is waited for.
 */
export async function freePort(wanted = 0, { patienceMs = 0 } = {}) {
  if (!wanted) return listens(0);
  let port = 0;
  const taken = async () => (port = await listens(wanted)) !== 0;
  await waitFor(taken, { timeoutMs: patienceMs, everyMs: 30 });
  return port || listens(0);
}

/** The port that a server had before its restart; for a first start the wanted one. Any free one where it is taken. */
export const serverPort = (before, wanted) =>
  before ? freePort(before, { patienceMs: 2000 }) : freePort(wanted);

function listens(port) {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', () => done(0));
    server.listen(port, '127.0.0.1', () => {
      const taken = server.address().port;
      server.close(() => done(taken));
    });
  });
}

/** True when something accepts connections there. */
export function answers(port, host = '127.0.0.1') {
  return new Promise((done) => {
    const socket = createConnection({ port, host, timeout: 1000 });
    const end = (value) => {
      socket.destroy();
      done(value);
    };
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
    socket.once('timeout', () => end(false));
  });
}

/** The last lines of a log, for error messages. */
export function tailOf(path, lines = 12) {
  try {
    return readFileSync(path, 'utf8').trimEnd().split('\n').slice(-lines).join('\n');
  } catch {
    return '';
  }
}

/** An error whose message already says what to do; shown without a stack. */
export class UserError extends Error {
  constructor(message, remedy) {
    super(remedy ? `${message}\n  What to do: ${remedy}` : message);
    this.name = 'UserError';
  }
}

/** Runs a main function; a UserError ends in one message and code 1. */
export async function runMain(main) {
  try {
    process.exitCode = (await main()) ?? process.exitCode ?? 0;
  } catch (error) {
    console.error(error instanceof UserError ? `\nasterism: ${error.message}` : error);
    process.exitCode = 1;
  }
}
