import { useQuery } from '@tanstack/react-query';
import { get } from '../../shared/api/client';
import type { CurveSet } from '../../shared/api/types';

/** Learning curves of the search's candidates, the background on which one curve can be judged. */
export function useCurves(searchId: string) {
  return useQuery({
    queryKey: ['search', searchId, 'curves'],
    queryFn: ({ signal }) => get<CurveSet>(`/v1/searches/${searchId}/curves`, signal),
  });
}
