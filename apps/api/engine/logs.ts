import { canonicalJson } from '@asterism/genome';
import { apply, fold, type LogEvent, type SearchState } from '@asterism/search';
import { Injectable } from '@nestjs/common';
import type { Db } from '../persistence/database';

/** The fold of each open search, kept in memory by its number of events; the log stays the truth. */
@Injectable()
export class Logs {
  private readonly states = new Map<string, SearchState>();

  /** The state after `seq` events: from memory, from memory and the events since, or from all events. */
  async load(db: Db, searchId: string, seq: number): Promise<SearchState | undefined> {
    if (seq === 0) return undefined;
    const known = this.states.get(searchId);
    // A state that is ahead belongs to a transaction that was rolled back.
    const base = known !== undefined && known.seq <= seq ? known : undefined;
    if (base?.seq === seq) return base;
    const rows = await db.logEvent.findMany({
      where: { searchId, seq: { gte: base?.seq ?? 0 } },
      orderBy: { seq: 'asc' },
      select: { line: true },
    });
    const events = rows.map(({ line }) => JSON.parse(line) as LogEvent);
    const state = base === undefined ? fold(events) : events.reduce(apply, base);
    if (state.seq !== seq)
      throw new Error(`the log of ${searchId} has ${state.seq} events in place of ${seq}`);
    this.keep(searchId, state);
    return state;
  }

  async append(db: Db, searchId: string, events: readonly LogEvent[]): Promise<void> {
    await db.logEvent.createMany({
      data: events.map((event) => ({
        searchId,
        seq: event.seq,
        type: event.type,
        n: 'n' in event ? event.n : null,
        line: canonicalJson(event),
      })),
    });
  }

  /** Only after commit. */
  keep(searchId: string, state: SearchState): void {
    this.states.set(searchId, state);
  }

  forget(searchId: string): void {
    this.states.delete(searchId);
  }
}
