import { useEffect, useMemo } from 'react';
import { Link, useParams } from 'react-router';
import type { SearchDetail } from '../../shared/api/types';
import { announce } from '../../shared/ui/announcer';
import { Loaded } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { SearchActions } from '../../shared/ui/search-actions';
import { CandidatesTable } from './candidates-table';
import { FrontChart } from './front-chart';
import { HypervolumeSection } from './hypervolume-section';
import { nearBest } from './near-best';
import { ParallelChart } from './parallel-chart';
import { readPoints } from './points';
import { SearchFacts } from './search-facts';
import { SelectionPanel } from './selection-panel';
import { TasksSection } from './tasks-section';
import { useJournal } from './use-journal';
import { usePoints } from './use-points';
import { useSearch } from './use-search';
import { useView } from './use-view';

export function SearchPage() {
  const { id = '' } = useParams();
  const search = useSearch(id);
  usePageTitle(search.data?.name);
  return (
    <Loaded query={search} what="search">
      {(data) => <Search key={data.id} search={data} />}
    </Loaded>
  );
}

function Search({ search }: { readonly search: SearchDetail }) {
  const live = useJournal(search.id, search.state);
  const columns = usePoints(search.id);
  const [view, change] = useView(search.objectives);
  const points = useMemo(() => (columns.data ? readPoints(columns.data) : []), [columns.data]);
  const near = useMemo(() => nearBest(points, search.objectives), [points, search.objectives]);
  useEffect(() => {
    const { admitted, budget } = search.progress;
    announce(
      `${search.name}: ${search.state}, ${admitted} of ${budget} evaluations, ${search.frontSize} on the front`,
    );
  }, [search]);
  return (
    <div className="stack">
      <div className="page-head">
        <p className="crumb">
          <Link to="/" data-up>
            Searches
          </Link>
        </p>
        <h1>{search.name}</h1>
        <SearchActions id={search.id} name={search.name} state={search.state} />
      </div>
      <SearchFacts search={search} live={live} />
      <div className="front-row">
        <FrontChart search={search} points={points} view={view} change={change} />
        <div className="side">
          <HypervolumeSection search={search} view={view} change={change} />
          <SelectionPanel
            points={points}
            objectives={search.objectives}
            selection={view.selection}
            clear={() => change({ selection: new Set() })}
          />
        </div>
      </div>
      {search.objectives.length > 2 && (
        <ParallelChart search={search} points={points} view={view} change={change} />
      )}
      <CandidatesTable search={search} points={points} view={view} change={change} nearBest={near} />
      <TasksSection searchId={search.id} selection={view.selection} />
      <details>
        <summary>The spec of this search</summary>
        <pre className="block">{JSON.stringify(search.spec, null, 2)}</pre>
      </details>
    </div>
  );
}
