// The browser tests drive a real Chromium. On Debian, as root, it is installed; elsewhere we look and say what to do.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { delimiter, join } from 'node:path';

const names = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const macApplication = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Path of a browser on this machine, or undefined. */
export function findBrowser(env = process.env) {
  if (env.CHROMIUM) return env.CHROMIUM;
  const folders = (env.PATH ?? '').split(delimiter).filter(Boolean);
  const paths = names.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...paths, macApplication].find((path) => existsSync(path));
}

/** Finds or installs a browser. */
export function ensureBrowser(say) {
  const found = findBrowser();
  if (found || process.getuid?.() !== 0 || spawnSync('apt-get', ['--version']).status !== 0) return found;
  say('  installing chromium for the browser tests (about 110 MB) ...');
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const apt = (args) =>
    spawnSync('apt-get', args, { env, stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8' });
  const install = ['install', '-y', '--no-install-recommends', 'chromium'];
  if (apt(install).status !== 0) {
    apt(['update']);
    const second = apt(install);
    if (second.status !== 0)
      say(`  chromium could not be installed: ${second.stderr?.trim().split('\n').at(-1)}`);
  }
  return findBrowser();
}
