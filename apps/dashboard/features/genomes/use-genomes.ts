import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { GenomeSummary, Page } from '../../shared/api/types';

export function useGenomes() {
  return useQuery({
    queryKey: ['genomes'],
    queryFn: ({ signal }) => get<Page<GenomeSummary>>('/v1/genomes', signal),
    staleTime: Infinity,
  });
}
