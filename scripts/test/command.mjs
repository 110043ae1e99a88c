// Runs one command of the checks and keeps its output for the case that it fails.
import { spawn } from 'node:child_process';
import { checkout } from '../state.mjs';

/** @returns {Promise<{ code: number, output: string, seconds: number }>} */
export function capture(command, args, { env = {}, cwd = checkout, live = false } = {}) {
  const started = Date.now();
  const child = spawn(command, args, {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const parts = [];
  const keep = (bytes) => {
    parts.push(bytes);
    if (live) process.stderr.write(bytes);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return new Promise((done) => {
    const end = (code) =>
      done({ code, output: Buffer.concat(parts).toString(), seconds: (Date.now() - started) / 1000 });
    child.on('error', (error) => {
      keep(Buffer.from(String(error)));
      end(127);
    });
    child.on('close', (code) => end(code ?? 1));
  });
}
