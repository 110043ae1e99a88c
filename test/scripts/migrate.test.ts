import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { PrivateServices } from '../services';
import { inNode } from './module';

jest.setTimeout(60_000);

describe('migrations', () => {
  let services: PrivateServices;
  let folder: string;
  beforeAll(async () => (services = await PrivateServices.start()));
  afterAll(() => services.stop());

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'asterism-migrations-'));
    await query('drop schema public cascade; create schema public');
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: services.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const add = (name: string, sql: string): void => {
    mkdirSync(join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, 'migration.sql'), sql);
  };
  const migrate = (): { applied?: string[]; error?: string } =>
    inNode(`import { migrate } from './scripts/migrate.mjs';
      result = await migrate(${JSON.stringify(services.databaseUrl)}, ${JSON.stringify(folder)})
        .then((applied) => ({ applied }), (error) => ({ error: error.message }));`);

  it('are applied once, in order of name, function bodies whole', async () => {
    add('2_second', 'insert into a values (f())');
    add(
      '1_first',
      'create table a (n int); create function f() returns int as $$ begin return 7; end; $$ language plpgsql;',
    );
    expect(migrate()).toEqual({ applied: ['1_first', '2_second'] });
    expect(migrate()).toEqual({ applied: [] });
    expect(await query('select n from a')).toEqual([{ n: 7 }]);
  });

  it('leave nothing behind when they fail', async () => {
    add('1_bad', 'create table half (n int); create table half (n int);');
    expect(migrate().error).toMatch(/1_bad failed and was taken back: relation "half" already exists/);
    expect(await query(`select to_regclass('half') as half`)).toEqual([{ half: null }]);
    expect(await query('select * from _prisma_migrations')).toEqual([]);
  });

  it('are refused when edited after they were applied, or unknown to an older checkout', () => {
    add('1_first', 'create table a (n int)');
    migrate();
    add('1_first', 'create table a (n bigint)');
    expect(migrate().error).toMatch(/1_first was edited after it was applied/);
    rmSync(join(folder, '1_first'), { recursive: true });
    expect(migrate().error).toMatch(/the database knows 1_first, this checkout does not/);
  });
});
