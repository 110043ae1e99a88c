// Runs one set-up command; its output goes to a log, one for each of those that run side by side, and is shown only when it
// fails.
import { spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { join } from 'node:path';
import { tailOf, UserError } from '../process.mjs';
import { checkout, prepareState } from '../state.mjs';

/** @returns {Promise<number>} seconds it took */
export async function step(
  title,
  command,
  args,
  { remedy, env = {}, say = console.error, logName = 'setup' } = {},
) {
  const log = join(prepareState().logs, `${logName}.log`);
  const started = Date.now();
  say(`  ${title} ...`);
  const code = await finish(command, args, log, env);
  const seconds = (Date.now() - started) / 1000;
  if (code !== 0)
    throw new UserError(
      `"${title}" failed (${command} ${args.join(' ')}):\n${tailOf(log, 15)}`,
      remedy ?? `the whole log is ${log}`,
    );
  return seconds;
}

function finish(command, args, log, env) {
  const out = openSync(log, 'a', 0o600);
  const child = spawn(command, args, {
    cwd: checkout,
    stdio: ['ignore', out, out],
    env: { ...process.env, ...env },
  });
  closeSync(out);
  const endWithUs = () => child.kill();
  process.once('exit', endWithUs);
  return new Promise((done) => {
    child.on('error', () => done(127));
    child.on('exit', (code) => {
      process.off('exit', endWithUs);
      done(code ?? 1);
    });
  });
}
