import { useQuery } from '@tanstack/react-query';
import { Link, useParams } from 'react-router';
import { get } from '../../shared/api/client';
import { scored } from '../../shared/api/outcomes';
import type { CandidateDetail, SearchDetail } from '../../shared/api/types';
import { Loaded } from '../../shared/ui/loaded';
import { usePageTitle } from '../../shared/ui/page-title';
import { State } from '../../shared/ui/state';
import { BackboneSection } from './backbone-section';
import { Costs } from './costs';
import { CurveChart } from '../../shared/evaluation/curve-chart';
import { Lineage } from './lineage';
import { Profiles } from './profiles';
import { ContextSection } from '../../shared/evaluation/context-section';
import { Scores } from '../../shared/evaluation/scores';
import { Standing } from './standing';
import { TakeHome } from './take-home';
import { useCandidate } from './use-candidate';
import { useCurves } from './use-curves';

export function CandidatePage() {
  const { id = '' } = useParams();
  const candidate = useCandidate(id);
  return (
    <Loaded query={candidate} what="candidate">
      {(data) => <Candidate key={data.id} candidate={data} />}
    </Loaded>
  );
}

function Candidate({ candidate }: { readonly candidate: CandidateDetail }) {
  const title = candidate.name === null ? `#${candidate.n}` : `#${candidate.n} ${candidate.name}`;
  usePageTitle(`${title}, ${candidate.searchName}`);
  const baselines = useBaselines(candidate.searchId);
  const curves = useCurves(candidate.searchId);
  const evaluation = candidate.evaluations.find(scored) ?? candidate.evaluations[0];
  const curve = scored(evaluation)?.curve ?? [];
  const family = [candidate, ...candidate.parentRows]
    .filter(({ state }) => state === 'finished')
    .map(({ id }) => id);
  return (
    <div className="stack">
      <div className="page-head">
        <p className="crumb">
          <Link to="/">Searches</Link> /{' '}
          <Link to={`/searches/${candidate.searchId}?sel=${candidate.n}`} data-up>
            {candidate.searchName}
          </Link>
        </p>
        <h1>{title}</h1>
        <span className="muted">{candidate.origin}</span>
        {candidate.apart !== undefined && (
          <span className="muted" title="What tells it from candidates of the same backbone code">
            {candidate.apart}
          </span>
        )}
        <State state={candidate.state} detail={candidate.class} />
        <span>{standing(candidate)}</span>
        <div className="row">
          {family.length > 1 && (
            <Link className="small" to={`/compare?of=${family.join(',')}`}>
              compare with its parents
            </Link>
          )}
          <code className="muted small" title="Hash of the deployment genome">
            {candidate.genomeHash.slice(0, 12)}
          </code>
        </div>
      </div>
      <BackboneSection cells={candidate.backbone} title={title} repeats={repeatsOf(candidate.genome)} />
      <div className="two">
        <Standing candidate={candidate} baselines={baselines} />
        <Costs candidate={candidate} />
      </div>
      {evaluation && (
        <Scores
          evaluation={evaluation}
          curve={<CurveChart n={candidate.n} curve={curve} others={curves.data} />}
        />
      )}
      {scored(evaluation) && <ContextSection id={candidate.id} label={title} />}
      <Lineage candidate={candidate} />
      <div className="two">
        <Profiles profiles={candidate.profiles} />
        <TakeHome candidate={candidate} />
      </div>
    </div>
  );
}

function useBaselines(searchId: string): readonly number[] {
  const search = useQuery({
    queryKey: ['search', searchId, 'detail'],
    queryFn: ({ signal }) => get<SearchDetail>(`/v1/searches/${searchId}`, signal),
  });
  return (search.data?.baselines ?? []).map((baseline) => baseline.n);
}

function standing(candidate: CandidateDetail): string {
  if (candidate.onFront) return candidate.confirmed ? 'on the front, confirmed' : 'on the front, unconfirmed';
  return candidate.rank === null || candidate.rank === undefined ? '' : `rank ${candidate.rank}`;
}

function repeatsOf(genome: Readonly<Record<string, unknown>>): number {
  return (genome['size'] as { readonly repeats?: number } | undefined)?.repeats ?? 1;
}
