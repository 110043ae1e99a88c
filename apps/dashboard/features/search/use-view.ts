import { useCallback, useMemo } from 'react';
import { useSearchParams } from 'react-router';
import type { Objective } from '../../shared/api/types';
import { readView, writeView, type SearchView } from '../../shared/logic/search-view';

/** The page's view lives in its address and nowhere else. */
export function useView(objectives: readonly Objective[]) {
  const [params, setParams] = useSearchParams();
  const view = useMemo(() => readView(params, objectives), [params, objectives]);
  const change = useCallback(
    (part: Partial<SearchView>) =>
      setParams(writeView({ ...view, ...part }, objectives), { replace: true, preventScrollReset: true }),
    [view, objectives, setParams],
  );
  return [view, change] as const;
}
