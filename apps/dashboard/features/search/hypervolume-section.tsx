import type { SearchDetail } from '../../shared/api/types';
import type { SearchView } from '../../shared/logic/search-view';
import { Loaded } from '../../shared/ui/loaded';
import { HypervolumeChart } from './hypervolume-chart';
import { useHypervolume } from './use-hypervolume';
import { useOverlay } from './use-overlay';
import { usePeers } from './use-peers';

/** The search's hypervolume over its budget, with another search of the same objectives drawn over it on request. */
export function HypervolumeSection({
  search,
  view,
  change,
}: {
  readonly search: SearchDetail;
  readonly view: SearchView;
  readonly change: (part: Partial<SearchView>) => void;
}) {
  const history = useHypervolume(search.id);
  const peers = usePeers(search);
  const peer = peers.find((other) => other.id === view.overlay) ?? null;
  const overlay = useOverlay(search, history.data, peer);
  const picker = peers.length > 0 && (
    <label className="small">
      overlay{' '}
      <select
        value={view.overlay ?? ''}
        onChange={(event) => change({ overlay: event.target.value || null })}
      >
        <option value="">none</option>
        {peers.map((other) => (
          <option key={other.id} value={other.id}>
            {other.name}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <Loaded query={history} what="hypervolume">
      {(data) => (
        <HypervolumeChart
          search={search}
          history={data}
          overlay={overlay}
          view={view}
          change={change}
          picker={picker}
        />
      )}
    </Loaded>
  );
}
