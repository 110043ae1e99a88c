import { Link } from 'react-router';
import type { CandidateDetail, CandidateRow, Cell } from '../../shared/api/types';
import { describeBackbone, letterOf } from '../../shared/logic/families';
import { diffStrips, type DiffColumn } from '../../shared/logic/strip';
import { cellTitle } from '../../shared/ui/strip';
import { useRelatives } from './use-relatives';
import './lineage.css';

/** Each parent over the candidate, aligned: what stayed is pale, what changed stands out. */
export function Lineage({ candidate }: { readonly candidate: CandidateDetail }) {
  const fetched = useRelatives(candidate.searchId, candidate.parentRows ? [] : candidate.parents);
  const parents = candidate.parentRows ?? fetched.data ?? [];
  return (
    <section aria-labelledby="lineage-title" className="lineage">
      <h2 id="lineage-title">Parents and what changed</h2>
      {candidate.parents.length === 0 && <p className="muted">{WITHOUT_PARENTS[candidate.origin]}</p>}
      {parents.map((parent) => (
        <Difference key={parent.id} parent={parent} child={candidate} />
      ))}
      {(candidate.changes ?? []).length > 0 && <p className="muted small">{candidate.changes!.join('; ')}</p>}
    </section>
  );
}

const WITHOUT_PARENTS: Readonly<Record<CandidateRow['origin'], string>> = {
  start: 'A starting genome of the search: it has no parents.',
  baseline: 'A baseline: evaluated like every candidate, never bred from.',
  initial: 'From the stratified initial design: drawn, not bred.',
  random: 'Drawn at random: it has no parents.',
  variation: 'Its parents are not recorded.',
};

function Difference({ parent, child }: { readonly parent: CandidateRow; readonly child: CandidateDetail }) {
  const columns = diffStrips(parent.backbone, child.backbone);
  const changed = columns.filter((column) => column.change !== 'same');
  return (
    <div className="difference">
      <div className="difference-names small">
        <Link to={`/candidates/${parent.id}`}>#{parent.n}</Link>
        <span>#{child.n}</span>
      </div>
      <div
        className="difference-grid"
        style={{ gridTemplateColumns: `repeat(${columns.length}, minmax(0, 1fr))` }}
        role="img"
        aria-label={`${changed.length} of ${columns.length} cells differ. Parent: ${describeBackbone(parent.backbone)}. This: ${describeBackbone(child.backbone)}.`}
      >
        {columns.map((column, i) => (
          <DiffCell key={`b${i}`} cell={column.before} change={column.change} />
        ))}
        {columns.map((column, i) => (
          <DiffCell key={`a${i}`} cell={column.after} change={column.change} />
        ))}
      </div>
    </div>
  );
}

function DiffCell({ cell, change }: { readonly cell: Cell | null; readonly change: DiffColumn['change'] }) {
  if (cell === null) return <span className="diff-gap" />;
  return (
    <span className={`diff-cell family-${cell.family} diff-${change}`} title={cellTitle(cell)}>
      <b>{letterOf(cell)}</b> {cell.label}
    </span>
  );
}
