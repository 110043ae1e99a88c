// What `npm start` was asked to do.
import { UserError } from '../process.mjs';

const usage = `usage: npm start -- [--once] [--json] [--port N] [--workers N] [--no-quickstart]
  --once           end after the quickstart search, code 0 when it finished
  --json           the result as JSON on standard output, everything else on standard error
  --port N         port of the API and the dashboard (PORT, else 7700)
  --workers N      worker processes (one per core)
  --no-quickstart  only serve`;

const withNumber = new Set(['--port', '--workers']);
const flags = new Set(['--once', '--json', '--no-quickstart']);

/** @returns {{ once: boolean, json: boolean, quickstart: boolean, port?: number, workers?: number, help?: string }} */
export function parseOptions(argv) {
  const given = new Map();
  for (let at = 0; at < argv.length; at += 1) {
    const name = argv[at];
    if (name === '--help' || name === '-h')
      return { once: false, json: false, quickstart: false, help: usage };
    if (flags.has(name)) given.set(name, true);
    else if (withNumber.has(name)) given.set(name, wholeNumber(name, argv[(at += 1)]));
    else throw new UserError(`unknown option ${name}`, usage);
  }
  return {
    once: given.has('--once'),
    json: given.has('--json'),
    quickstart: !given.has('--no-quickstart'),
    port: given.get('--port'),
    workers: given.get('--workers'),
  };
}

function wholeNumber(name, text) {
  if (/^\d{1,5}$/.test(text ?? '')) return Number(text);
  throw new UserError(`${name} needs a whole number`, usage);
}
