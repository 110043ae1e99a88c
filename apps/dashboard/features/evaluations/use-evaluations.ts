import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { Evaluation, Page } from '../../shared/api/types';

const POLL_MS = 5_000;

export function useEvaluations() {
  return useQuery({
    queryKey: ['evaluations'],
    queryFn: ({ signal }) => get<Page<Evaluation>>('/v1/evaluations?limit=100', signal),
    refetchInterval: (query) => (query.state.data?.items.some((e) => !e.outcome) ? POLL_MS : false),
    staleTime: 0,
  });
}
