import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { get, post } from '../../shared/api/client';
import type { SearchDetail, SearchSummary } from '../../shared/api/types';

/** The spec of the search that is cloned, or nothing. */
export function useSourceSpec(searchId: string | null) {
  return useQuery({
    queryKey: ['search', searchId, 'detail'],
    queryFn: ({ signal }) => get<SearchDetail>(`/v1/searches/${searchId}`, signal),
    enabled: searchId !== null,
    select: (search) => search.spec,
  });
}

export function useCheckSpec() {
  return useMutation({
    mutationFn: (text: string) => post<unknown>('/v1/searches/dry-run', JSON.parse(text)),
  });
}

export function useSubmitSpec(onStarted: (id: string) => void) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (text: string) => post<SearchSummary>('/v1/searches', JSON.parse(text)),
    onSuccess: async (search) => {
      await client.invalidateQueries({ queryKey: ['searches'] });
      onStarted(search.id);
    },
  });
}
