import {
  Inject,
  Injectable,
  Logger,
  type OnApplicationBootstrap,
  type OnApplicationShutdown,
} from '@nestjs/common';
import type { Subscription } from 'rxjs';
import { ENVIRONMENT, type Environment } from '../config/environment';
import { Database } from '../persistence/database';
import { Listener } from '../persistence/listener';
import { Engine } from './engine';
import { Leader } from './leader';
import { Outbox } from './outbox';
import { Reconciler } from './reconciler';
import { Retention } from './retention';

const OUTBOX_MS = 500;
const LEADER_MS = 1_000;
const ENGINE_MS = 1_000;
const RETENTION_MS = 600_000;

/** The rounds of the scheduler, each on its own timer; none overlaps itself, an error costs one round. */
@Injectable()
export class SchedulerLoop implements OnApplicationBootstrap, OnApplicationShutdown {
  private readonly logger = new Logger('scheduler');
  private readonly timers: NodeJS.Timeout[] = [];
  private readonly running = new Set<Promise<void>>();
  private readonly again = new Map<string, () => void>();
  private subscription: Subscription | undefined;
  private active = false;
  private stopped = false;

  constructor(
    private readonly leader: Leader,
    private readonly database: Database,
    private readonly listener: Listener,
    private readonly engine: Engine,
    private readonly outbox: Outbox,
    private readonly reconciler: Reconciler,
    private readonly retention: Retention,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  onApplicationBootstrap(): void {
    this.every('leader', LEADER_MS, () => this.lead());
    this.every('engine', ENGINE_MS, () => this.wakeSearches(), true);
    this.every('outbox', OUTBOX_MS, () => this.outbox.publish(), true);
    this.every('reconciler', this.environment.reconcileMs, () => this.reconciler.round(), true);
    this.every('retention', RETENTION_MS, async () => void (await this.retention.round()), true);
    this.subscription = this.listener.signals.subscribe((signal) => {
      if (signal.about === 'outbox') this.again.get('outbox')?.();
      if (signal.about === 'search' && this.active) this.wake(signal.search);
    });
  }

  async onApplicationShutdown(): Promise<void> {
    this.stopped = true;
    this.subscription?.unsubscribe();
    this.timers.forEach((timer) => clearInterval(timer));
    await Promise.allSettled(this.running);
  }

  private async lead(): Promise<void> {
    this.active = await this.leader.isActive();
    if (!this.active) return;
    await this.database.client.$executeRaw`
      INSERT INTO beat (name, at) VALUES ('scheduler', now()) ON CONFLICT (name) DO UPDATE SET at = now()`;
  }

  private async wakeSearches(): Promise<void> {
    for (const id of await this.engine.openSearches()) this.wake(id);
  }

  /** Rounds of one search follow each other; those of several searches run side by side. */
  private wake(searchId: string): void {
    const key = `search ${searchId}`;
    if (!this.again.has(key))
      this.again.set(
        key,
        this.serial(key, () => this.engine.round(searchId)),
      );
    this.again.get(key)?.();
  }

  /** Runs `work` now and then, one at a time; a call that comes while it runs makes it run once more. */
  private every(name: string, ms: number, work: () => Promise<void>, onlyActive = false): void {
    const run = this.serial(name, work, onlyActive);
    this.again.set(name, run);
    this.timers.push(setInterval(run, ms));
    run();
  }

  private serial(name: string, work: () => Promise<void>, onlyActive = true): () => void {
    let busy = false;
    let wanted = false;
    const run = (): void => {
      if (this.stopped || (onlyActive && !this.active)) return;
      if (busy) {
        wanted = true;
        return;
      }
      busy = true;
      const round = work()
        .catch((error: unknown) => this.logger.warn(`${name}: ${(error as Error).message}`))
        .finally(() => {
          busy = false;
          this.running.delete(round);
          if (!wanted) return;
          wanted = false;
          setImmediate(run);
        });
      this.running.add(round);
    };
    return run;
  }
}
