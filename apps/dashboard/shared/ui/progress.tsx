import './progress.css';

export function Progress({
  done,
  running,
  total,
  label,
}: {
  readonly done: number;
  readonly running: number;
  readonly total: number;
  readonly label: string;
}) {
  const percent = (n: number) => `${Math.min(100, (100 * n) / Math.max(total, 1))}%`;
  return (
    <span className="progress">
      <span
        className="progress-bar"
        role="progressbar"
        aria-label={label}
        aria-valuemin={0}
        aria-valuemax={total}
        aria-valuenow={done}
      >
        <span className="progress-running" style={{ width: percent(done + running) }} />
        <span className="progress-done" style={{ width: percent(done) }} />
      </span>
      <span className="num small">
        {done}
        <span className="muted">/{total}</span>
      </span>
    </span>
  );
}
