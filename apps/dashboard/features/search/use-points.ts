import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { CandidatePoints } from '../../shared/api/types';

/** Every candidate of a search in columns: what all its charts are drawn from. */
export function usePoints(id: string | null) {
  return useQuery({
    queryKey: ['search', id, 'points'],
    queryFn: ({ signal }) => get<CandidatePoints>(`/v1/searches/${id}/candidates?fields=points`, signal),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  });
}
