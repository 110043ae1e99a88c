import './state.css';

const MARKS: Readonly<Record<string, string>> = {
  running: '▸',
  training: '▸',
  profiling: '▸',
  queued: '·',
  waiting: '…',
  paused: '‖',
  finished: '✓',
  measured: '✓',
  scored: '✓',
  infeasible: '○',
  failed: '✕',
  cancelled: '–',
};

/** A state in words with a mark of its own; colour only repeats what both say. */
export function State({
  state,
  detail,
}: {
  readonly state: string;
  readonly detail?: string | null | undefined;
}) {
  return (
    <span className={`state state-${state}`}>
      <span aria-hidden="true">{MARKS[state] ?? '·'}</span> {state}
      {detail ? <span className="muted">: {detail}</span> : null}
    </span>
  );
}
