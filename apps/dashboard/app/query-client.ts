import { QueryCache, QueryClient } from '@tanstack/react-query';
import { ApiError } from '../shared/api/client';
import { session } from './session';

const RETRIES = 2;

export const queryClient = new QueryClient({
  queryCache: new QueryCache({
    onError: (error) => {
      if (error instanceof ApiError && error.status === 401) session.end();
    },
  }),
  defaultOptions: {
    queries: {
      // The journal says when something changed; focus and time say nothing.
      staleTime: 30_000,
      refetchOnWindowFocus: false,
      retry: (count, error) =>
        count < RETRIES && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
  },
});
