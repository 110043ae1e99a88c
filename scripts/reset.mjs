// `npm run reset`: stops the services and deletes this installation's state (database, artifacts, tokens, logs) after asking.
// Installed packages stay. --yes does not ask.
import './prelude.mjs';
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline/promises';
import { commandOf, isAlive, runMain, UserError } from './process.mjs';
import { stopServices } from './services.mjs';
import { readJson, stateDir, statePaths, venvDir } from './state.mjs';

await runMain(async () => {
  const state = stateDir();
  if (!existsSync(state)) return say('There is no state to delete.');
  refuseWhileRunning(state);
  if (!process.argv.includes('--yes') && !(await agreed(state))) return say('Nothing was deleted.');
  await stopServices({ state });
  // The Python environment may lie in the same folder and is no state.
  const doomed = readdirSync(state)
    .map((name) => join(state, name))
    .filter((path) => path !== venvDir());
  for (const path of doomed) rmSync(path, { recursive: true, force: true });
  return say(`Deleted the state in ${state}. The next npm start begins anew.`);
});

function say(line) {
  console.log(line);
  return 0;
}

function refuseWhileRunning(state) {
  const supervisor = readJson(statePaths(state).supervisor, undefined);
  if (supervisor && isAlive(supervisor.pid) && commandOf(supervisor.pid).includes('start.mjs')) {
    throw new UserError(`Asterism runs here (process ${supervisor.pid})`, 'stop it first with Ctrl-C');
  }
}

async function agreed(state) {
  if (!process.stdin.isTTY)
    throw new UserError('reset asks before it deletes, and there is nobody to ask', 'npm run reset -- --yes');
  const prompt = createInterface({ input: process.stdin, output: process.stdout });
  const answer = await prompt.question(
    `Delete all searches, results, models and tokens in ${state}? Type yes: `,
  );
  prompt.close();
  return answer.trim() === 'yes';
}
