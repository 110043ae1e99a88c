import { Client } from 'pg';
import Redis from 'ioredis';
import { PrivateServices } from './services';

jest.setTimeout(60_000);

describe('private services', () => {
  let services: PrivateServices;
  beforeAll(async () => (services = await PrivateServices.start()));
  afterAll(() => services.stop());

  const query = async (sql: string): Promise<Record<string, unknown>[]> => {
    const client = new Client({ connectionString: services.databaseUrl });
    await client.connect();
    try {
      return (await client.query<Record<string, unknown>>(sql)).rows;
    } finally {
      await client.end();
    }
  };

  it('store text as UTF-8 whatever the locale of the caller', async () => {
    expect(await query('show server_encoding')).toEqual([{ server_encoding: 'UTF8' }]);
  });

  it('keep committed rows and their address when PostgreSQL is killed', async () => {
    const before = services.databaseUrl;
    await query('create table kept (n int); insert into kept values (42)');
    services.kill('postgres');
    await services.restart();
    expect(services.databaseUrl).toBe(before);
    expect(await query('select n from kept')).toEqual([{ n: 42 }]);
  });

  it('ask for the password of Redis, and come back on the same port after a kill', async () => {
    const before = services.redisUrl;
    services.kill('redis');
    await services.restart();
    expect(services.redisUrl).toBe(before);
    const said: string[] = [];
    const stranger = new Redis(before.replace(/:[^:@]+@/, ':wrong@'), {
      lazyConnect: true,
      retryStrategy: () => null,
    });
    stranger.on('error', (error) => said.push(error.message));
    await stranger.connect().catch(() => undefined);
    stranger.disconnect();
    expect(said.join()).toMatch(/WRONGPASS/);
  });
});
