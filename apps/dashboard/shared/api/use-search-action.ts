import { useMutation, useQueryClient } from '@tanstack/react-query';
import { post } from './client';

export type SearchAction = 'pause' | 'resume' | 'cancel';

/** Pauses, resumes or cancels a search; whatever shows it is read again. */
export function useSearchAction(searchId: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (action: SearchAction) => post(`/v1/searches/${searchId}/${action}`),
    onSettled: async () => {
      await client.invalidateQueries({ queryKey: ['searches'] });
      await client.invalidateQueries({ queryKey: ['search', searchId] });
    },
  });
}
