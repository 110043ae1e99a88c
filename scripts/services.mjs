// PostgreSQL and Redis of one state folder.
//   node scripts/services.mjs start|stop|status|env [--state DIR] [--json]
//   node scripts/services.mjs run --state DIR [--durable]   for tests: stays; when its input closes, stops both and removes the folder
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { answers, runMain } from './process.mjs';
import { readPostmaster, startPostgres, stopPostgres } from './postgres.mjs';
import { readRedis, startRedis, stopRedis } from './redis.mjs';
import { prepareState, readJson, stateDir, statePaths } from './state.mjs';

/**
 * Makes both services answer. An address given in the environment is used as it is and nothing is started for it.
 * @param {{ state?: string, env?: NodeJS.ProcessEnv, fsync?: boolean, anyPort?: boolean }} options
 * @returns {Promise<{ DATABASE_URL: string, REDIS_URL: string, pids: { postgres?: number, redis?: number } }>}
 */
export async function startServices({
  state = stateDir(),
  env = process.env,
  fsync = true,
  anyPort = false,
} = {}) {
  const paths = prepareState(state);
  const before = readJson(paths.services, {});
  const [postgres, redis] = await both(state, [
    env.DATABASE_URL
      ? { url: env.DATABASE_URL }
      : startPostgres({
          ...place(paths, 'postgres'),
          remembered: before.postgres,
          fsync,
          ...(anyPort ? { wantedPort: 0 } : {}),
        }),
    env.REDIS_URL
      ? { url: env.REDIS_URL }
      : startRedis({
          ...place(paths, 'redis'),
          remembered: before.redis,
          ...(anyPort ? { wantedPort: 0 } : {}),
        }),
  ]);
  remember(paths.services, before, { postgres, redis });
  return {
    DATABASE_URL: postgres.url,
    REDIS_URL: redis.url,
    pids: { postgres: postgres.pid, redis: redis.pid },
  };
}

/** Either both run or none: a failure of one must not leave the other behind. */
async function both(state, starting) {
  const outcomes = await Promise.allSettled(starting);
  const failed = outcomes.find(({ status }) => status === 'rejected');
  if (!failed) return outcomes.map(({ value }) => value);
  await stopServices({ state });
  throw failed.reason;
}

const place = (paths, name) => ({ data: paths[name], log: join(paths.logs, `${name}.log`) });

/** The next start takes the same ports and passwords, so that clients which outlive a crash find their server again. */
function remember(file, before, services) {
  const known = Object.entries(services).map(([name, { port, password }]) => [
    name,
    port ? { port, password } : before[name],
  ]);
  writeFileSync(file, JSON.stringify(Object.fromEntries(known)), { mode: 0o600 });
}

/** Stops what runs for this state folder; services given by address are not ours to stop. */
export async function stopServices({ state = stateDir() } = {}) {
  const paths = statePaths(state);
  await Promise.all([stopPostgres({ data: paths.postgres }), stopRedis({ data: paths.redis })]);
}

/** What of this state folder runs now. */
export async function serviceStatus({ state = stateDir() } = {}) {
  const paths = statePaths(state);
  const known = readJson(paths.services, {});
  const describe = async (process, port) => ({
    pid: process?.pid ?? null,
    port: port ?? null,
    answers: port ? await answers(port) : false,
  });
  return {
    state,
    postgres: await describe(readPostmaster(paths.postgres), known.postgres?.port),
    redis: await describe(readRedis(paths.redis), known.redis?.port),
  };
}

function option(name) {
  const at = process.argv.indexOf(name);
  return at < 0 ? undefined : process.argv[at + 1];
}

const exportsOf = ({ DATABASE_URL, REDIS_URL }) =>
  `export DATABASE_URL='${DATABASE_URL}'\nexport REDIS_URL='${REDIS_URL}'`;

async function main() {
  const state = option('--state') ?? stateDir();
  const json = process.argv.includes('--json');
  switch (process.argv[2]) {
    case 'start':
    case 'env': {
      const services = await startServices({ state });
      console.log(json ? JSON.stringify(services) : exportsOf(services));
      return 0;
    }
    case 'stop':
      return stopServices({ state });
    case 'status':
      console.log(JSON.stringify(await serviceStatus({ state }), null, json ? 0 : 2));
      return 0;
    case 'run':
      return runUntilClosed(state, process.argv.includes('--durable'));
    default:
      console.error('usage: node scripts/services.mjs start|stop|status|env|run [--state DIR] [--json]');
      return 2;
  }
}

/** Each line `start` on the input starts what is missing and prints the addresses as one JSON line. */
async function runUntilClosed(state, durable) {
  const lines = createInterface({ input: process.stdin });
  const print = async () =>
    console.log(JSON.stringify(await startServices({ state, env: {}, fsync: durable, anyPort: true })));
  for (const signal of ['SIGTERM', 'SIGINT']) process.once(signal, () => lines.close());
  await print();
  for await (const line of lines) if (line.trim() === 'start') await print();
  await stopServices({ state });
  rmSync(state, { recursive: true, force: true, maxRetries: 5 });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(main);
  process.exit();
}
