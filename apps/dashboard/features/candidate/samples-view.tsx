import { significant } from '../../shared/logic/format';
import { Failure } from '../../shared/ui/loaded';
import { useWidth } from '../../shared/ui/use-width';
import { summarise, type SampleSeries } from './samples';
import { useSamples } from './use-samples';

const HEIGHT = 34;
const MOST_SERIES = 40;

/** Every measured time as a tick, in the order of size: shape and outliers, nothing smoothed away. */
export function Samples({ sha256, wanted }: { readonly sha256: string; readonly wanted: boolean }) {
  const samples = useSamples(sha256, wanted);
  if (samples.isError) return <Failure error={samples.error} what="samples" />;
  if (!samples.data) return <p className="muted">Loading samples …</p>;
  if (samples.data.length === 0) return <p className="muted">This artifact holds no lists of numbers.</p>;
  return (
    <div className="samples">
      {samples.data.slice(0, MOST_SERIES).map((series) => (
        <Ticks key={series.name} series={series} />
      ))}
      <p className="small">
        <a href={`/v1/artifacts/${sha256}`} download={`samples-${sha256.slice(0, 12)}.json.gz`}>
          Download all samples
        </a>
      </p>
    </div>
  );
}

function Ticks({ series }: { readonly series: SampleSeries }) {
  const { ref, width } = useWidth<HTMLDivElement>();
  const { low, p50, p95, high } = summarise(series.values);
  const x = (value: number) => 2 + ((value - low) / (high - low || 1)) * (width - 4);
  const words = `${series.values.length} samples, ${significant(low)} to ${significant(high)}, p50 ${significant(p50)}, p95 ${significant(p95)}`;
  return (
    <div ref={ref}>
      <div className="row small">
        <code>{series.name}</code>
        <span className="muted num">{words}</span>
      </div>
      <svg height={HEIGHT} role="img" aria-label={`${series.name}: ${words}`}>
        {series.values.map((value, i) => (
          <line
            key={i}
            x1={x(value)}
            x2={x(value)}
            y1="12"
            y2={HEIGHT - 4}
            stroke="var(--ink)"
            strokeOpacity="0.28"
          />
        ))}
        {[p50, p95].map((value, i) => (
          <path key={i} d={`M${x(value) - 4} 2h8l-4 7z`} fill="var(--accent)" />
        ))}
      </svg>
    </div>
  );
}
