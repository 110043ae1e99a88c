import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { Evaluation } from '../../shared/api/types';

const POLL_MS = 3_000;

export function useEvaluation(id: string) {
  return useQuery({
    queryKey: ['evaluation', id],
    queryFn: ({ signal }) => get<Evaluation>(`/v1/evaluations/${id}`, signal),
    refetchInterval: (query) => (query.state.data && !query.state.data.outcome ? POLL_MS : false),
  });
}
