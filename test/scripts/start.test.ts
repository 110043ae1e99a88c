import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

jest.setTimeout(180_000);

const root = resolve(__dirname, '../..');

/** `npm start` on a state folder of its own, with what it says. */
class Start {
  private static readonly running = new Set<Start>();
  readonly lines: string[] = [];
  readonly process: ChildProcess;

  /** After a failure too, nothing of ours may stay. */
  static async endAll(): Promise<void> {
    const left = [...Start.running].filter(
      ({ process }) => process.exitCode === null && process.signalCode === null,
    );
    await Promise.all(left.map((start) => start.stop('SIGTERM')));
    Start.running.clear();
  }

  constructor(
    readonly state: string,
    port: number,
  ) {
    const args = [
      join(root, 'scripts/start.mjs'),
      '--no-quickstart',
      '--workers',
      '1',
      '--port',
      String(port),
    ];
    const { DATABASE_URL: _, REDIS_URL: __, ...env } = process.env;
    this.process = spawn(process.execPath, args, {
      env: { ...env, ASTERISM_STATE: state },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    Start.running.add(this);
    for (const stream of [this.process.stdout, this.process.stderr]) {
      stream?.on('data', (bytes: Buffer) => this.lines.push(...bytes.toString().split('\n').filter(Boolean)));
    }
  }

  async said(pattern: RegExp, timeoutMs: number): Promise<string> {
    for (const end = Date.now() + timeoutMs; Date.now() < end; await pause(100)) {
      const line = this.lines.find((each) => pattern.test(each));
      if (line !== undefined) return line;
      if (this.process.exitCode !== null) break;
    }
    throw new Error(`never said ${pattern}; it said:\n${this.lines.join('\n')}`);
  }

  /** Milliseconds from the signal to the end. */
  async stop(signal: NodeJS.Signals): Promise<number> {
    const started = Date.now();
    const ended = once(this.process, 'exit');
    this.process.kill(signal);
    await ended;
    return Date.now() - started;
  }
}

const pause = (ms: number): Promise<void> => new Promise((done) => setTimeout(done, ms));

/** Processes that mention the state folder, or (Redis names none) the ports of its services. */
function processesOf(state: string): string[] {
  const services = JSON.parse(readFileSync(join(state, 'services.json'), 'utf8')) as Record<
    string,
    { port: number }
  >;
  const marks = [state, ...Object.values(services).map(({ port }) => `127.0.0.1:${port}`)];
  const all = execFileSync('ps', ['-eo', 'pid=,stat=,args='], { encoding: 'utf8' }).split('\n');
  return all.filter((line) => marks.some((mark) => line.includes(mark)) && !/^\s*\d+\s+Z/.test(line));
}

async function occupy(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { server, port: address.port };
}

describe('npm start', () => {
  const state = mkdtempSync(join(tmpdir(), 'asterism-start-'));
  afterEach(() => Start.endAll());
  afterAll(() => rmSync(state, { recursive: true, force: true }));

  it('serves beside a taken port, restarts what crashes, refuses a twin, and leaves nothing behind on Ctrl-C', async () => {
    const { server, port } = await occupy();
    server.unref();
    const start = new Start(state, port);
    await start.said(/^Serving at/, 90_000);
    await start.said(/Dashboard .* http/, 20_000);
    const url = readFileSync(join(state, 'url'), 'utf8').trim();
    expect(url).not.toContain(`:${port}`);
    server.close();

    expect(processesOf(state).join('\n')).toMatch(/redis/);
    const twin = new Start(state, 0);
    await twin.said(/already runs here/, 30_000);

    const { children } = JSON.parse(readFileSync(join(state, 'supervisor.json'), 'utf8')) as {
      children: { pid: number }[];
    };
    process.kill(children[0]?.pid ?? -1, 'SIGKILL');
    await start.said(/the control plane ended \(SIGKILL\); starting it again/, 10_000);
    await pause(600);
    for (const end = Date.now() + 30_000; ; await pause(200)) {
      const answer = await fetch(`${url}/v1/health`).catch(() => undefined);
      if (answer?.ok === true) break;
      if (Date.now() > end) throw new Error('the control plane did not come back');
    }

    expect(await start.stop('SIGINT')).toBeLessThan(10_000);
    expect(start.process.exitCode).toBe(0);
    expect(processesOf(state)).toEqual([]);
  });

  it('serves again within 20 seconds, also after it was killed, and ends what the killed one left', async () => {
    const killed = new Start(state, 0);
    await killed.said(/^Serving at/, 20_000);
    await killed.stop('SIGKILL');
    const again = new Start(state, 0);
    await again.said(/Ended 2 processes which a killed start had left/, 20_000);
    await again.said(/^Serving at/, 20_000);
    expect(await again.stop('SIGTERM')).toBeLessThan(10_000);
    expect(processesOf(state)).toEqual([]);
  });
});
