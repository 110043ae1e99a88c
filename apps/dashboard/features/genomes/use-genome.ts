import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { GenomeDetail } from '../../shared/api/types';

export function useGenome(name: string) {
  return useQuery({
    queryKey: ['genome', name],
    queryFn: ({ signal }) => get<GenomeDetail>(`/v1/genomes/${encodeURIComponent(name)}`, signal),
    staleTime: Infinity,
  });
}
