import { useQuery } from '@tanstack/react-query';
import { getText } from '../../shared/api/client';

/** What the training process printed, as far as it was kept. */
export function useEvaluationLog(id: string, wanted: boolean) {
  return useQuery({
    queryKey: ['evaluation', id, 'log'],
    queryFn: ({ signal }) => getText(`/v1/evaluations/${id}/logs`, signal),
    enabled: wanted,
  });
}
