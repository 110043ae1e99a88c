import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { Page, SearchSummary } from '../../shared/api/types';

const LIVE = new Set(['running', 'waiting', 'closing']);
const POLL_MS = 5_000;

/** All searches, newest first; asked for again while any of them moves. */
export function useSearches() {
  return useQuery({
    queryKey: ['searches'],
    queryFn: ({ signal }) => get<Page<SearchSummary>>('/v1/searches?limit=100', signal),
    refetchInterval: (query) => (query.state.data?.items.some((s) => LIVE.has(s.state)) ? POLL_MS : false),
    staleTime: 0,
  });
}
