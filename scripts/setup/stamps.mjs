// Remembers what a step was made from, so that a second start skips it.
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { checkout, readJson } from '../state.mjs';

const file = join(checkout, 'node_modules', '.cache', 'asterism', 'stamps.json');
const skipped = new Set(['node_modules', 'dist', '.asterism', '__pycache__', 'generated']);

/** Runs `action` unless it ran before on the same inputs and its outputs are still there. @returns {Promise<boolean>} true when it ran */
export async function unlessFresh(name, { inputs, outputs }, action) {
  const now = fingerprint(inputs);
  const fresh = readJson(file, {})[name] === now && outputs.every((path) => existsSync(join(checkout, path)));
  if (fresh) return false;
  await action();
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ ...readJson(file, {}), [name]: now }));
  return true;
}

/** SHA-256 over names and contents of the files under these paths. */
export function fingerprint(paths) {
  const hash = createHash('sha256').update(process.versions.modules);
  for (const path of paths)
    for (const name of filesUnder(path)) hash.update(`${name}\0`).update(readFileSync(join(checkout, name)));
  return hash.digest('hex');
}

function filesUnder(path) {
  const full = join(checkout, path);
  if (!existsSync(full)) return [];
  if (statSync(full).isFile()) return [path];
  const entries = readdirSync(full, { withFileTypes: true }).filter((entry) => !skipped.has(entry.name));
  const names = entries.flatMap((entry) =>
    entry.isDirectory() ? filesUnder(`${path}/${entry.name}`) : [`${path}/${entry.name}`],
  );
  return names.sort();
}
