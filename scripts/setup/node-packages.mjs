// Node packages: `npm ci` when node_modules does not hold what the lock says.
import { join } from 'node:path';
import { checkout, readJson } from '../state.mjs';
import { step } from './run.mjs';

/** True when each locked package that must be here is installed at its version (npm keeps its own record of that). */
export function nodePackagesFresh() {
  const wanted = readJson(join(checkout, 'package-lock.json'), { packages: {} }).packages;
  const installed = readJson(join(checkout, 'node_modules', '.package-lock.json'), null)?.packages;
  if (!installed) return false;
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.startsWith('node_modules/') || entry.optional || entry.peer || entry.devOptional) return true;
    return entry.link ? installed[path]?.link === true : installed[path]?.version === entry.version;
  });
}

export const installNodePackages = (say) =>
  step('installing Node packages (npm ci)', 'npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    say,
    remedy: 'check the network and the npm configuration of this machine, then start again',
  });
