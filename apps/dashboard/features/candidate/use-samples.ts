import { useQuery } from '@tanstack/react-query';
import { getArtifact } from '../../shared/api/client';
import { readSamples } from './samples';

/** The raw times behind a profile's figures, read when asked for. */
export function useSamples(sha256: string | null, wanted: boolean) {
  return useQuery({
    queryKey: ['artifact', sha256],
    queryFn: ({ signal }) => getArtifact(sha256!, signal),
    enabled: wanted && sha256 !== null,
    staleTime: Infinity,
    select: readSamples,
  });
}
