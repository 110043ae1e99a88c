import { useEffect, useState } from 'react';
import { integer } from '../../shared/logic/format';
import type { SearchView } from '../../shared/logic/search-view';

const STATES = [
  '',
  'finished',
  'training',
  'profiling',
  'queued',
  'infeasible',
  'failed',
  'cancelled',
] as const;
const TYPING_MS = 200;

export function TableFilters({
  view,
  change,
  shown,
  total,
  searchId,
}: {
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
  readonly shown: number;
  readonly total: number | undefined;
  readonly searchId: string;
}) {
  const [text, setText] = useState(view.query);
  useEffect(() => {
    if (text === view.query) return;
    const timer = setTimeout(() => change({ query: text }), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text, view.query, change]);
  return (
    <div className="row filters">
      <input
        type="search"
        data-filter
        placeholder="Name, operator or #number"
        aria-label="Filter candidates"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <label className="small muted">
        state{' '}
        <select
          value={view.states[0] ?? ''}
          onChange={(e) => change({ states: e.target.value === '' ? [] : [e.target.value] })}
        >
          {STATES.map((state) => (
            <option key={state} value={state}>
              {state === '' ? 'all' : state}
            </option>
          ))}
        </select>
      </label>
      <button
        type="button"
        className="small"
        aria-pressed={view.frontOnly}
        onClick={() => change({ frontOnly: !view.frontOnly })}
      >
        front only
      </button>
      <span className="muted small num" role="status">
        {integer(shown)}
        {total !== undefined && ` of ${integer(total)}`}
      </span>
      <span className="small">
        <a href={`/v1/searches/${searchId}/candidates?format=csv`} download>
          CSV
        </a>{' '}
        <a href={`/v1/searches/${searchId}/candidates?format=jsonl`} download>
          JSONL
        </a>
      </span>
    </div>
  );
}
