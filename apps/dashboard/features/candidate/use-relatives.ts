import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { CandidateRow, Page } from '../../shared/api/types';

/** Rows of some candidates of a search by number: parents and baselines of the one on the page. */
export function useRelatives(searchId: string, numbers: readonly number[]) {
  return useQuery({
    queryKey: ['search', searchId, 'candidates', { numbers }],
    queryFn: ({ signal }) =>
      get<Page<CandidateRow>>(`/v1/searches/${searchId}/candidates?n=${numbers.join(',')}&limit=50`, signal),
    enabled: numbers.length > 0,
    select: (page) => page.items,
  });
}
