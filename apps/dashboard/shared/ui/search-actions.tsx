import { useState } from 'react';
import { Link } from 'react-router';
import type { SearchState } from '../api/types';
import { useSearchAction } from '../api/use-search-action';

const OPEN: readonly SearchState[] = ['running', 'waiting', 'paused'];

/** What may be done with a search in its state; cancelling asks once more, because nothing brings it back. */
export function SearchActions({
  id,
  name,
  state,
}: {
  readonly id: string;
  readonly name: string;
  readonly state: SearchState;
}) {
  const action = useSearchAction(id);
  const [asking, setAsking] = useState(false);
  const open = OPEN.includes(state);
  return (
    <span className="row" role="group" aria-label={`Actions for ${name}`}>
      {action.isError && <span className="small state-failed">{action.error.message}</span>}
      {open && state !== 'paused' && (
        <button
          type="button"
          className="small"
          disabled={action.isPending}
          onClick={() => action.mutate('pause')}
        >
          Pause
        </button>
      )}
      {state === 'paused' && (
        <button
          type="button"
          className="small"
          disabled={action.isPending}
          onClick={() => action.mutate('resume')}
        >
          Resume
        </button>
      )}
      {open && !asking && (
        <button type="button" className="small" onClick={() => setAsking(true)}>
          Cancel
        </button>
      )}
      {open && asking && (
        <>
          <button
            type="button"
            className="small state-failed"
            disabled={action.isPending}
            onClick={() => {
              setAsking(false);
              action.mutate('cancel');
            }}
          >
            Cancel for good
          </button>
          <button type="button" className="small quiet" onClick={() => setAsking(false)}>
            Keep
          </button>
        </>
      )}
      <Link className="button small" to={`/new?from=${id}`}>
        Clone
      </Link>
    </span>
  );
}
