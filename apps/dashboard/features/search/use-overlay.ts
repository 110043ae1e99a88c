import { useMemo } from 'react';
import type { HypervolumeHistory, SearchDetail, SearchSummary } from '../../shared/api/types';
import type { Overlay } from './hypervolume-chart';
import { overlaySteps } from './overlay';
import { usePoints } from './use-points';
import { useHypervolume } from './use-hypervolume';
import { referenceOf } from './reference';

/** Another search's hypervolume, measured up to this search's reference point, which its own record is not. */
export function useOverlay(
  search: SearchDetail,
  own: HypervolumeHistory | undefined,
  peer: SearchSummary | null,
): Overlay | null {
  const mine = usePoints(search.id).data;
  const theirs = usePoints(peer?.id ?? null);
  const times = useHypervolume(peer?.id ?? null);
  return useMemo(() => {
    const reference = referenceOf(search);
    if (!peer || !own || !mine || !theirs.data || theirs.isPlaceholderData || !reference) return null;
    const steps = overlaySteps({
      objectives: search.objectives,
      reference,
      own,
      mine,
      theirs: theirs.data,
      times: times.data,
    });
    return { name: peer.name, steps };
  }, [search, own, mine, theirs.data, theirs.isPlaceholderData, times.data, peer]);
}
