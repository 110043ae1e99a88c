import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { CandidateDetail } from '../../shared/api/types';

const OPEN = new Set(['queued', 'profiling', 'training']);
const POLL_MS = 3_000;

export function useCandidate(id: string) {
  return useQuery({
    queryKey: ['candidate', id],
    queryFn: ({ signal }) => get<CandidateDetail>(`/v1/candidates/${id}`, signal),
    refetchInterval: (query) => (OPEN.has(query.state.data?.state ?? '') ? POLL_MS : false),
  });
}
