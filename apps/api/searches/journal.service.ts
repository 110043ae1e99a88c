import { Injectable } from '@nestjs/common';
import type { JournalEvent } from '@asterism/contracts';
import type { Response } from 'express';
import { toJournalEvent } from '../leases/journal';
import { WorkRepository } from '../leases/work.repository';
import { Database } from '../persistence/database';
import { Listener, type Signal } from '../persistence/listener';
import { SearchesRepository } from './searches.repository';

const POLL_MS = 2_000;
const PING_MS = 15_000;
const BATCH = 500;
const over = new Set(['finished', 'cancelled', 'failed']);

/** The journal as a stream. NOTIFY wakes it, and every two seconds it looks anyway. */
@Injectable()
export class JournalService {
  constructor(
    private readonly database: Database,
    private readonly searches: SearchesRepository,
    private readonly work: WorkRepository,
    private readonly listener: Listener,
  ) {}

  async after(searchId: string, seq: number, limit: number): Promise<JournalEvent[]> {
    await this.searches.get(searchId);
    const rows = await this.database.client.journal.findMany({
      where: { searchId, seq: { gt: seq } },
      orderBy: { seq: 'asc' },
      take: limit,
    });
    return rows.map(toJournalEvent);
  }

  /** Sends until the client leaves or the search has ended; 204 tells a browser not to come again. */
  async stream(searchId: string, from: number, response: Response): Promise<void> {
    const search = await this.searches.get(searchId);
    if (over.has(search.state) && from >= search.journalSeq) {
      response.status(204).end();
      return;
    }
    response.writeHead(200, {
      'content-type': 'text/event-stream',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    });
    response.write('retry: 2000\n\n');
    await new JournalStream(this, this.work, this.searches, this.listener, searchId, from, response).run();
  }
}

class JournalStream {
  private wake: () => void = () => undefined;
  private left = false;
  private readonly owners = new Map<string, { candidate: string; n: number } | null>();

  constructor(
    private readonly journal: JournalService,
    private readonly work: WorkRepository,
    private readonly searches: SearchesRepository,
    private readonly listener: Listener,
    private readonly searchId: string,
    private last: number,
    private readonly response: Response,
  ) {}

  async run(): Promise<void> {
    const subscription = this.listener.signals.subscribe({
      next: (signal) => this.onSignal(signal),
      complete: () => this.leave(),
    });
    const ping = setInterval(() => this.response.write(': ping\n\n'), PING_MS);
    this.response.on('close', () => this.leave());
    try {
      while (!this.left) {
        if (await this.sendNew()) break;
        await this.pause();
      }
    } catch {
      // The database is away: ending the answer makes the client come back with its last id.
    } finally {
      clearInterval(ping);
      subscription.unsubscribe();
      this.response.end();
    }
  }

  /** True when the search has ended and everything was sent. */
  private async sendNew(): Promise<boolean> {
    const { state } = await this.searches.get(this.searchId);
    for (;;) {
      const events = await this.journal.after(this.searchId, this.last, BATCH);
      for (const event of events)
        this.response.write(`id: ${event.seq}\nevent: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
      this.last = events.at(-1)?.seq ?? this.last;
      if (events.length < BATCH) return over.has(state);
    }
  }

  private onSignal(signal: Signal): void {
    if (signal.about === 'journal' && signal.search === this.searchId) this.wake();
    if (signal.about === 'progress') void this.tick(signal.work, signal.progress).catch(() => undefined);
  }

  /** Progress ticks carry no id: a replay has no use for them. */
  private async tick(workId: string, progress: unknown): Promise<void> {
    if (!this.owners.has(workId)) {
      const mine = (await this.work.ownersOf([workId])).find(({ searchId }) => searchId === this.searchId);
      this.owners.set(workId, mine === undefined ? null : { candidate: mine.candidateId, n: mine.n });
    }
    const owner = this.owners.get(workId);
    if (owner === null || owner === undefined || this.left) return;
    this.response.write(
      `event: progress\ndata: ${JSON.stringify({ type: 'progress', ...owner, ...(progress as object) })}\n\n`,
    );
  }

  private pause(): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, POLL_MS);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  private leave(): void {
    this.left = true;
    this.wake();
  }
}
