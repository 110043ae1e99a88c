import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { followJournal } from '../../shared/api/journal';
import type { SearchState } from '../../shared/api/types';

/** How often a busy journal may make the page read again; results come seconds apart, ticks faster. */
const AT_MOST_EVERY_MS = 1_500;
const ENDED: readonly SearchState[] = ['finished', 'cancelled', 'failed'];

/** Follows the journal of an open search: what it reports is read again into the query cache. */
export function useJournal(id: string, state: SearchState | undefined): boolean {
  const client = useQueryClient();
  const [live, setLive] = useState(false);
  const open = state !== undefined && !ENDED.includes(state);
  useEffect(() => {
    if (!open) return setLive(false);
    const stop = new AbortController();
    let timer: ReturnType<typeof setTimeout> | undefined;
    const refresh = () => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void client.invalidateQueries({ queryKey: ['search', id] });
        void client.invalidateQueries({ queryKey: ['candidate'] });
      }, AT_MOST_EVERY_MS);
    };
    // A tick without a number reports progress inside one candidate; no chart or table shows that.
    const onEvent = (event: { seq?: number }) => {
      if (event.seq !== undefined) refresh();
    };
    void followJournal(id, undefined, onEvent, setLive, stop.signal);
    return () => {
      stop.abort();
      clearTimeout(timer);
    };
  }, [client, id, open]);
  return live;
}
