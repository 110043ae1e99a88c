import { RampBar } from '../../shared/chart/ramp-bar';
import { commonScale } from '../../shared/logic/format';
import { describeMetric } from '../../shared/logic/metrics';
import type { SearchView } from '../../shared/logic/search-view';
import type { PlotPoint } from './points';

/** Keys only for what is in the picture. */
export function FrontLegend({
  points,
  view,
}: {
  readonly points: readonly PlotPoint[];
  readonly view: SearchView;
}) {
  const some = (test: (p: PlotPoint) => boolean) => points.some(test);
  return (
    <>
      <Key label="front">
        <circle cx="7" cy="7" r="4.5" fill="var(--point)" />
      </Key>
      {some((p) => p.onFront && p.confirmed) && (
        <Key label="confirmed">
          <circle cx="7" cy="7" r="4.5" fill="var(--point)" stroke="var(--good)" strokeWidth="2" />
        </Key>
      )}
      {some((p) => p.state === 'finished' && !p.onFront) && (
        <Key label="dominated">
          <circle cx="7" cy="7" r="4.5" fill="var(--point-pale)" />
        </Key>
      )}
      {some((p) => p.state === 'infeasible') && (
        <Key label="infeasible">
          <circle cx="7" cy="7" r="4" fill="none" stroke="var(--faint)" strokeWidth="1.25" />
        </Key>
      )}
      {some((p) => p.origin === 'start') && (
        <Key label="start">
          <path d="M7 1.5 12.5 7 7 12.5 1.5 7Z" fill="var(--point)" />
        </Key>
      )}
      {some((p) => p.origin === 'baseline') && (
        <Key label="baseline">
          <rect x="2.5" y="2.5" width="9" height="9" fill="var(--point)" />
        </Key>
      )}
      {view.z !== null && view.encoding === 'color' && <RampKey points={points} metric={view.z} />}
    </>
  );
}

function Key({ label, children }: { readonly label: string; readonly children: React.ReactNode }) {
  return (
    <span className="key">
      <svg width="14" height="14" aria-hidden="true">
        {children}
      </svg>
      {label}
    </span>
  );
}

function RampKey({ points, metric }: { readonly points: readonly PlotPoint[]; readonly metric: string }) {
  const values = points.map((p) => p.value(metric)).filter((v) => v !== null);
  const { short, unit } = describeMetric(metric);
  const scale = commonScale(values, unit);
  if (values.length === 0) return null;
  return (
    <span className="key">
      {short} <RampBar from={Math.min(...values) / scale.divisor} to={Math.max(...values) / scale.divisor} />{' '}
      {scale.unit}
    </span>
  );
}
