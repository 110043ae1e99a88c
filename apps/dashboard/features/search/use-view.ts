import { useCallback, useMemo, useState } from 'react';
import { useSearchParams } from 'react-router';
import type { Objective } from '../../shared/api/types';
import { readView, writeView, type SearchView } from '../../shared/logic/search-view';

/**
 * The page's view lives in its address. The router follows a change a moment later, as a transition; until then the
 * page shows what was asked for, so that a box is ticked when it is clicked and a second click builds on the first.
 */
export function useView(objectives: readonly Objective[]) {
  const [address, setAddress] = useSearchParams();
  const [seen, setSeen] = useState(address);
  const [asked, setAsked] = useState(address);
  if (seen !== address) {
    setSeen(address);
    setAsked(address);
  }
  const view = useMemo(() => readView(asked, objectives), [asked, objectives]);
  const change = useCallback(
    (part: Partial<SearchView>) => {
      const next = writeView({ ...view, ...part }, objectives);
      setAsked(next);
      setAddress(next, { replace: true, preventScrollReset: true });
    },
    [view, objectives, setAddress],
  );
  return [view, change] as const;
}
