import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { CandidateRow, Page } from '../../shared/api/types';
import type { SearchView } from '../../shared/logic/search-view';

const PAGE = 50;

type Asked = Pick<SearchView, 'sort' | 'order' | 'states' | 'query' | 'frontOnly'>;

/** The candidates table, sorted and filtered by the server, a page at a time. */
export function useCandidates(id: string, asked: Asked) {
  const { sort, order, states, query, frontOnly } = asked;
  return useInfiniteQuery({
    queryKey: ['search', id, 'candidates', { sort, order, states, query, frontOnly }],
    queryFn: ({ pageParam, signal }) => {
      const params = new URLSearchParams({ sort, order, limit: String(PAGE) });
      if (states.length > 0) params.set('state', states.join(','));
      if (query !== '') params.set('q', query);
      if (frontOnly) params.set('front', 'true');
      if (pageParam !== '') params.set('cursor', pageParam);
      return get<Page<CandidateRow>>(`/v1/searches/${id}/candidates?${params}`, signal);
    },
    initialPageParam: '',
    getNextPageParam: (last) => last.next ?? undefined,
    placeholderData: keepPreviousData,
  });
}
