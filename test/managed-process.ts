import { type ChildProcess, spawn } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { once } from 'node:events';

/** A process of the installation under test that can be killed, frozen and started again as it was. */
export class ManagedProcess {
  private child: ChildProcess | undefined;

  constructor(
    readonly name: string,
    private readonly command: readonly [string, ...string[]],
    private readonly env: NodeJS.ProcessEnv,
    private readonly log: string,
  ) {}

  start(): void {
    const [program, ...args] = this.command;
    const output = createWriteStream(this.log, { flags: 'a' });
    this.child = spawn(program, args, { env: this.env, stdio: ['ignore', 'pipe', 'pipe'] });
    this.child.stdout?.pipe(output, { end: false });
    this.child.stderr?.pipe(output, { end: false });
  }

  get pid(): number {
    if (this.child?.pid === undefined) throw new Error(`${this.name} is not running`);
    return this.child.pid;
  }

  get running(): boolean {
    return this.child !== undefined && this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    if (this.running) process.kill(this.pid, signal);
  }

  /** Sends the signal and waits for the end, however it comes; SIGKILL after the grace time. */
  async end(signal: NodeJS.Signals, graceMs = 15_000): Promise<void> {
    if (!this.running || this.child === undefined) return;
    const ended = once(this.child, 'exit');
    this.signal(signal);
    const timer = setTimeout(() => this.signal('SIGKILL'), graceMs);
    await ended;
    clearTimeout(timer);
  }
}
