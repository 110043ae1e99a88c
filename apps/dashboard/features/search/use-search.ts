import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { SearchDetail } from '../../shared/api/types';

export function useSearch(id: string) {
  return useQuery({
    queryKey: ['search', id, 'detail'],
    queryFn: ({ signal }) => get<SearchDetail>(`/v1/searches/${id}`, signal),
  });
}
