import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { Page, SearchSummary } from '../../shared/api/types';

const key = (search: Pick<SearchSummary, 'objectives'>) =>
  search.objectives
    .map((o) => `${o.direction} ${o.metric}`)
    .sort()
    .join('\n');

/** Other searches with the same objectives: the only ones whose hypervolume means the same. */
export function usePeers(search: Pick<SearchSummary, 'id' | 'objectives'>): readonly SearchSummary[] {
  const all = useQuery({
    queryKey: ['searches'],
    queryFn: ({ signal }) => get<Page<SearchSummary>>('/v1/searches?limit=100', signal),
  });
  return (all.data?.items ?? []).filter((other) => other.id !== search.id && key(other) === key(search));
}
