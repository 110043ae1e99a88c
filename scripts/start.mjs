// `npm start`: everything from a fresh clone to a served front. Ctrl-C stops it all; starting again goes on where it was.
import './prelude.mjs';
import { runMain, sleep } from './process.mjs';
import { setUp } from './setup.mjs';
import { stateDir } from './state.mjs';
import { conclusion, doors, isRemote } from './start/farewell.mjs';
import { registerDatasets } from './start/datasets.mjs';
import { Installation } from './start/installation.mjs';
import { parseOptions } from './start/options.mjs';
import { chooseSearch, follow } from './start/quickstart.mjs';

async function main() {
  const options = parseOptions(process.argv.slice(2));
  const say = (line) => (options.json ? console.error(line) : console.log(line));
  if (options.help) return say(options.help);
  const installation = new Installation({
    state: stateDir(),
    say,
    port: options.port,
    workers: options.workers,
  });
  await installation.takeOver();
  const stop = stopOnSignal(installation, options, say);
  try {
    await setUp({ say });
    return await serve(installation, options, say, stop);
  } finally {
    await stop.now();
  }
}

async function serve(installation, options, say, stop) {
  const started = Date.now();
  await installation.startServices();
  if (!stop.asked()) await installation.startControlPlane();
  if (stop.asked()) return 0;
  const workers = installation.startWorkers();
  say(
    `Serving at ${installation.url} with ${workers} ${workers === 1 ? 'worker' : 'workers'}, ${((Date.now() - started) / 1000).toFixed(1)} s after set-up. Ctrl-C stops everything; the next start goes on.`,
  );
  await tellDoors(installation, say);
  await registerDatasets(installation.controlPlane, { state: installation.state, say });
  const result = options.quickstart ? await tellSearch(installation, options, say, stop) : undefined;
  if (options.once) return finishOnce(result, options, stop);
  if (result && options.json) console.log(JSON.stringify(result));
  if (result) await tellDoors(installation, say);
  while (!stop.asked()) await sleep(200);
  return 0;
}

async function tellSearch(installation, options, say, stop) {
  const search = await chooseSearch(installation.controlPlane, { submit: options.once, say });
  say(`Following the search ${search.name} (${search.id}):`);
  const result = await follow(installation.controlPlane, search, { say, stopped: stop.asked });
  if (result) for (const line of conclusion(result)) say(line);
  return result && { ...result, url: installation.url };
}

async function tellDoors(installation, say) {
  const { url: link } = await installation.controlPlane.post('/v1/session/links', {});
  for (const line of doors({ link, port: installation.port, remote: isRemote() })) say(line);
}

function finishOnce(result, options) {
  if (result && options.json) console.log(JSON.stringify(result));
  return result?.search.state === 'finished' ? 0 : 1;
}

/** The first signal ends in order, a second one at once. */
function stopOnSignal(installation, options, say) {
  let asked = false;
  let ending;
  const now = () => (ending ??= installation.stop());
  const onSignal = () => {
    if (asked) {
      installation.kill();
      process.exit(130);
    }
    asked = true;
    say('\nStopping: workers hand their work back, then the control plane, then the services ...');
    now().then(() => {
      say('Stopped. `npm start` goes on where this ended.');
      // A run that was to end with a result and was stopped before has none.
      process.exit(options.once ? 130 : 0);
    });
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, onSignal);
  return { asked: () => asked, now };
}

await runMain(main);
process.exit();
