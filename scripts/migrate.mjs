// Applies prisma/migrations in order of name, as `prisma migrate deploy` would, without its native engine.
// Same table, same checksums, same advisory lock: a machine with that engine can go on with it. docs/decisions/0008.
import { createHash, randomUUID } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runMain, UserError } from './process.mjs';
import { checkout } from './state.mjs';

const prismaLock = 72707369;
const table = `create table if not exists _prisma_migrations (
  id varchar(36) primary key not null, checksum varchar(64) not null, finished_at timestamptz, migration_name varchar(255) not null,
  logs text, rolled_back_at timestamptz, started_at timestamptz not null default now(), applied_steps_count integer not null default 0)`;

/** @returns {Promise<string[]>} names of the migrations applied now */
export async function migrate(url, folder = join(checkout, 'prisma', 'migrations')) {
  const client = await connect(url);
  try {
    await client.query(`select pg_advisory_lock(${prismaLock})`);
    await client.query(table);
    return await applyMissing(client, folder);
  } finally {
    await client.end();
  }
}

async function connect(url) {
  const { Client } = createRequire(import.meta.url)('pg');
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  try {
    await client.connect();
    return client;
  } catch (error) {
    throw new UserError(
      `no connection to PostgreSQL: ${error.message}`,
      'check DATABASE_URL, or leave it out to use our own server',
    );
  }
}

async function applyMissing(client, folder) {
  const { rows } = await client.query(
    'select migration_name, checksum from _prisma_migrations where finished_at is not null and rolled_back_at is null',
  );
  const recorded = new Map(rows.map((row) => [row.migration_name, row.checksum]));
  const names = readMigrations(folder);
  const newer = [...recorded.keys()].filter((name) => !names.includes(name));
  if (newer.length > 0)
    throw new UserError(
      `the database knows ${newer.join(', ')}, this checkout does not`,
      'use the newer version of Asterism, or npm run reset',
    );
  const applied = [];
  for (const name of names) if (await applyOne(client, folder, name, recorded.get(name))) applied.push(name);
  return applied;
}

function readMigrations(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((name) => existsSync(join(folder, name, 'migration.sql')))
    .sort();
}

/** One transaction: a migration that fails leaves nothing behind. */
async function applyOne(client, folder, name, recorded) {
  const sql = readFileSync(join(folder, name, 'migration.sql'), 'utf8');
  const checksum = createHash('sha256').update(sql).digest('hex');
  if (recorded === checksum) return false;
  if (recorded)
    throw new UserError(
      `migration ${name} was edited after it was applied`,
      'restore the file, or npm run reset (this deletes all data)',
    );
  const record =
    'insert into _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count) values ($1, $2, $3, now(), now(), 1)';
  try {
    await client.query('begin');
    await client.query(sql);
    await client.query(record, [randomUUID(), checksum, name]);
    await client.query('commit');
    return true;
  } catch (error) {
    await client.query('rollback');
    throw new UserError(`migration ${name} failed and was taken back: ${error.message}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await runMain(async () => {
    const { startServices } = await import('./services.mjs');
    const applied = await migrate(process.env.DATABASE_URL ?? (await startServices()).DATABASE_URL);
    console.log(applied.length > 0 ? `applied ${applied.join(', ')}` : 'the database is up to date');
  });
}
