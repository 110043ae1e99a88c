import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';

const root = resolve(__dirname, '../..');

/** Runs code in a plain Node, as the scripts run; `result` is what the code assigned to it. */
export function inNode<T>(code: string, env: NodeJS.ProcessEnv = {}): T {
  const program = `let result;\n${code}\nprocess.stdout.write('\\n' + JSON.stringify(result));`;
  const run = spawnSync(process.execPath, ['--input-type=module', '--eval', program], {
    cwd: root,
    encoding: 'utf8',
    env: { ...process.env, ...env },
    maxBuffer: 1e8,
  });
  if (run.status !== 0) throw new Error(run.stderr);
  return JSON.parse(run.stdout.slice(run.stdout.lastIndexOf('\n') + 1)) as T;
}
