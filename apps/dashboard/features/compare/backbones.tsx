import { useQueries } from '@tanstack/react-query';
import { Link } from 'react-router';
import { get } from '../../shared/api/client';
import type { CandidateDetail, ScoredItem } from '../../shared/api/types';
import { letterAt } from '../../shared/logic/heat';
import { Strip } from '../../shared/ui/strip';

/** The backbones under each other in one width, so that LIVs can be followed down. */
export function Backbones({ items }: { readonly items: readonly ScoredItem[] }) {
  const details = useQueries({
    queries: items.map(({ id, candidate }) => ({
      queryKey: ['candidate', id],
      queryFn: ({ signal }: { signal: AbortSignal }) => get<CandidateDetail>(`/v1/candidates/${id}`, signal),
      enabled: candidate !== null,
    })),
  });
  return (
    <section aria-labelledby="backbones-title" className="aligned">
      <h2 id="backbones-title">Backbones</h2>
      <ul>
        {items.map((item, index) => {
          const cells = details[index]?.data?.backbone;
          return (
            <li key={item.id}>
              <ItemName item={item} index={index} />
              {cells ? <Strip cells={cells} by="params" /> : <code>{item.code}</code>}
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** `A`, and where the thing has its own page. */
export function ItemName({ item, index }: { readonly item: ScoredItem; readonly index: number }) {
  const to = item.candidate ? `/candidates/${item.id}` : `/evaluations/${item.evaluations[0]?.id ?? item.id}`;
  return (
    <span>
      <b>{letterAt(index)}</b> <Link to={to}>{item.label}</Link>{' '}
      {item.candidate && (
        <span className="muted small">
          {item.candidate.searchName}
          {item.candidate.onFront ? ', front' : ''}
        </span>
      )}
    </span>
  );
}
