import { inNode } from './module';

interface Ports {
  readonly held: number;
  readonly atOnce: number;
  readonly waitedFor: number;
}

/** Asks for a port that another server holds, and that it lets go of after 150 ms. */
const portsOf = (): Ports =>
  inNode<Ports>(`
    const { createServer } = await import('node:net');
    const { freePort } = await import('./scripts/process.mjs');
    const server = createServer();
    await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
    const held = server.address().port;
    const atOnce = await freePort(held);
    setTimeout(() => server.close(), 150);
    result = { held, atOnce, waitedFor: await freePort(held, { patienceMs: 10_000 }) };`);

test('a port that is to be taken again is waited for, any other is not', () => {
  const { held, atOnce, waitedFor } = portsOf();
  expect(atOnce).toBeGreaterThan(0);
  expect(atOnce).not.toBe(held);
  expect(waitedFor).toBe(held);
});
