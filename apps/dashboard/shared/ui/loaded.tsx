import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { ApiError } from '../api/client';

/** Shows a query's data once it is there, and says in place why it is not. */
export function Loaded<T>({
  query,
  what,
  children,
}: {
  readonly query: UseQueryResult<T>;
  readonly what: string;
  readonly children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.isError) return <Failure error={query.error} what={what} retry={() => void query.refetch()} />;
  return <p className="muted">Loading {what} …</p>;
}

export function Failure({
  error,
  what,
  retry,
}: {
  readonly error: Error;
  readonly what: string;
  readonly retry?: () => void;
}) {
  const missing = error instanceof ApiError && error.status === 404;
  return (
    <div className="notice bad" role="alert">
      <p>{missing ? `There is no such ${what}.` : `Could not load ${what}: ${error.message}`}</p>
      {error instanceof ApiError && error.problems.length > 0 && (
        <ul>
          {error.problems.map((problem) => (
            <li key={`${problem.pointer}${problem.message}`}>
              <code>{problem.pointer}</code> {problem.message ?? problem.detail}
            </li>
          ))}
        </ul>
      )}
      {retry && !missing && (
        <button type="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}
