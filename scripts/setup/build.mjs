// What is made from the sources: the database client, the compiled TypeScript, the dashboard.
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkout } from '../state.mjs';
import { step } from './run.mjs';
import { unlessFresh } from './stamps.mjs';

const bin = (name) => join(checkout, 'node_modules', '.bin', name);
const has = (path) => existsSync(join(checkout, path));

/** Brings each product up to date; quick when nothing changed. */
export async function build({ say }) {
  if (has('prisma/schema.prisma')) await unlessFresh('prisma', prisma, () => generateClient(say));
  await unlessFresh('typescript', typescript, () =>
    step('compiling TypeScript', bin('tsc'), ['-b'], { say }),
  );
  if (has('apps/dashboard/vite.config.mts'))
    await unlessFresh('dashboard', dashboard, () => buildDashboard(say));
}

const prisma = {
  inputs: ['prisma/schema.prisma', 'prisma.config.ts', 'package-lock.json'],
  outputs: ['apps/api/persistence/generated'],
};
const typescript = {
  inputs: [
    'libs',
    'apps/api',
    'apps/cli',
    'prisma/schema.prisma',
    'tsconfig.json',
    'tsconfig.base.json',
    'package-lock.json',
  ],
  outputs: ['apps/api/dist/main.js', 'apps/cli/dist/main.js'],
};
const dashboard = {
  inputs: ['apps/dashboard', 'libs', 'package-lock.json'],
  outputs: ['apps/dashboard/dist/index.html'],
};

/** The generator is pure JavaScript, but the command line wants to download an engine first: a stub satisfies it. */
function generateClient(say) {
  const env = {
    PRISMA_SCHEMA_ENGINE_BINARY: process.env.PRISMA_SCHEMA_ENGINE_BINARY ?? '/bin/true',
    PRISMA_HIDE_UPDATE_MESSAGE: '1',
    CHECKPOINT_DISABLE: '1',
  };
  return step('generating the database client', bin('prisma'), ['generate'], { say, env });
}

function buildDashboard(say) {
  return step('building the dashboard', bin('vite'), ['build', 'apps/dashboard', '--logLevel', 'warn'], {
    say,
  });
}
