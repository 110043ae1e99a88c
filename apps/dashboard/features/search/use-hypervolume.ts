import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { HypervolumeHistory } from '../../shared/api/types';

export function useHypervolume(id: string | null) {
  return useQuery({
    queryKey: ['search', id, 'hypervolume'],
    queryFn: ({ signal }) => get<HypervolumeHistory>(`/v1/searches/${id}/hypervolume`, signal),
    enabled: id !== null,
    placeholderData: keepPreviousData,
  });
}
