import { useQuery } from '@tanstack/react-query';
import { get } from '../api/client';
import type { ScoreSheet } from '../api/types';

/** One to five candidates or evaluations side by side. */
export function useSheet(of: readonly string[]) {
  return useQuery({
    queryKey: ['scores', ...of],
    queryFn: ({ signal }) => get<ScoreSheet>(`/v1/scores?of=${of.map(encodeURIComponent).join(',')}`, signal),
    enabled: of.length > 0,
    retry: false,
  });
}
