import { useState } from 'react';
import { Link, useNavigate, useSearchParams } from 'react-router';
import type { SearchSummary } from '../../shared/api/types';
import { Loaded } from '../../shared/ui/loaded';
import { onRowKeys } from '../../shared/ui/keyboard';
import { usePageTitle } from '../../shared/ui/page-title';
import { EmptySearches } from './empty-searches';
import { SearchRow } from './search-row';
import { useSearches } from './use-searches';
import './searches.css';

export function SearchesPage() {
  usePageTitle('Searches');
  const searches = useSearches();
  return (
    <div className="stack">
      <div className="page-head">
        <h1>Searches</h1>
        <div className="row">
          <Link className="button primary" to="/new">
            New search
          </Link>
        </div>
      </div>
      <Loaded query={searches} what="searches">
        {({ items }) => (items.length === 0 ? <EmptySearches /> : <SearchesTable searches={items} />)}
      </Loaded>
    </div>
  );
}

function SearchesTable({ searches }: { readonly searches: readonly SearchSummary[] }) {
  const navigate = useNavigate();
  const [params, setParams] = useSearchParams();
  const [now] = useState(() => Date.now());
  const query = params.get('q') ?? '';
  const shown = searches.filter((s) => s.name.toLowerCase().includes(query.toLowerCase()));
  return (
    <>
      <div className="row">
        <input
          type="search"
          data-filter
          placeholder="Filter by name"
          aria-label="Filter searches by name"
          value={query}
          onChange={(event) =>
            setParams(event.target.value === '' ? {} : { q: event.target.value }, { replace: true })
          }
        />
        <span className="muted small">
          {shown.length} of {searches.length}
        </span>
      </div>
      <div className="scroll-x">
        <table className="searches">
          <thead>
            <tr>
              <th scope="col">Search</th>
              <th scope="col">State</th>
              <th scope="col">Progress</th>
              <th scope="col">Hypervolume</th>
              <th scope="col" className="num">
                Front
              </th>
              <th scope="col">Best of each objective</th>
              <th scope="col" className="num">
                Time
              </th>
              <th scope="col" className="num workers">
                Workers
              </th>
              <th scope="col">
                <span className="visually-hidden">Actions</span>
              </th>
            </tr>
          </thead>
          <tbody onKeyDown={(event) => onRowKeys(event, { open: (id) => void navigate(`/searches/${id}`) })}>
            {shown.map((search, index) => (
              <SearchRow key={search.id} search={search} now={now} first={index === 0} />
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
