import { measured, pair } from '../../shared/api/outcomes';
import type { CandidateDetail, Estimate, ProfileMeasured } from '../../shared/api/types';
import { around, withUnit } from '../../shared/logic/format';
import { cacheDtypes, type CacheDtypes } from './cache-dtypes';

interface Line {
  readonly name: string;
  readonly unit: string;
  readonly estimate: number | undefined;
  readonly measured: number | undefined;
  readonly interval?: readonly [number, number] | null;
  /** Of which numbers each side is made, where they differ. */
  readonly dtypes?: { readonly estimate: string; readonly measured: string };
}

/** What the formulas say beside what the device said, both of the deployment size. */
export function Costs({ candidate }: { readonly candidate: CandidateDetail }) {
  const profile = measured(candidate.profiles.find(measured));
  const cache = cacheDtypes(candidate.estimate, profile);
  const lines = [...estimated(candidate.estimate, profile, cache), ...timed(profile)].filter(
    (line) => line.estimate !== undefined || line.measured !== undefined,
  );
  return (
    <section aria-labelledby="costs-title">
      <h2 id="costs-title">Costs at deployment size</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Cost</th>
            <th scope="col" className="num">
              Estimated
            </th>
            <th scope="col" className="num">
              Measured
            </th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.name}>
              <th scope="row">{line.name}</th>
              <td className="num">
                {withUnit(line.estimate, line.unit)}
                {line.estimate !== undefined && <span className="pm"> {line.dtypes?.estimate}</span>}
              </td>
              <td className="num">
                {withUnit(line.measured, line.unit)}
                <span className="pm"> {line.unit === 'ms' ? around(line.measured, line.interval) : ''}</span>
                {line.measured !== undefined && <span className="pm"> {line.dtypes?.measured}</span>}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {profile && (
        <p className="muted small">
          Measured on {profile.target}, with random weights of this size. {cache?.words}
        </p>
      )}
    </section>
  );
}

function estimated(
  estimate: Estimate,
  profile: ProfileMeasured | undefined,
  cache: CacheDtypes | undefined,
): readonly Line[] {
  const dtypes = cache && { dtypes: cache };
  const metric = (pattern: RegExp) => largest(profile, pattern);
  return [
    { name: 'Parameters', unit: 'count', estimate: estimate.params, measured: undefined },
    {
      name: 'Active parameters',
      unit: 'count',
      estimate: different(estimate.paramsActive, estimate.params),
      measured: undefined,
    },
    { name: 'Weights, fp32', unit: 'bytes', estimate: estimate.weightBytes?.['fp32'], measured: undefined },
    {
      name: 'Cache',
      unit: 'bytes',
      estimate: estimate.cacheBytes,
      measured: metric(/^cacheBytes/),
      ...dtypes,
    },
    { name: 'of it fixed state', unit: 'bytes', estimate: estimate.stateBytes, measured: undefined },
    { name: 'Peak memory', unit: 'bytes', estimate: undefined, measured: metric(/^peakBytes/) },
    {
      name: 'FLOPs per token, prefill',
      unit: 'count',
      estimate: estimate.flopsPerToken?.['prefill'],
      measured: undefined,
    },
    {
      name: 'FLOPs per token, decode',
      unit: 'count',
      estimate: estimate.flopsPerToken?.['decode'],
      measured: undefined,
    },
  ];
}

const different = (value: number | undefined, from: number) => (value === from ? undefined : value);

/** The measurement at the longest context of those that a pattern names. */
function largest(profile: ProfileMeasured | undefined, pattern: RegExp): number | undefined {
  const found = Object.entries(profile?.metrics ?? {}).filter(([name]) => pattern.test(name));
  const context = (name: string) => Number(/ctx(\d+)/.exec(name)?.[1] ?? 0);
  return found.sort(([a], [b]) => context(b) - context(a))[0]?.[1];
}

function timed(profile: ProfileMeasured | undefined): readonly Line[] {
  return Object.entries(profile?.metrics ?? {})
    .filter(([name]) => /MsP50/.test(name))
    .map(([name, value]) => ({
      name: inWords(name),
      unit: 'ms',
      estimate: undefined,
      measured: value,
      interval: pair(profile?.intervals[name]),
    }));
}

function inWords(name: string): string {
  const context = Number(/ctx(\d+)/.exec(name)?.[1] ?? 0).toLocaleString('en-GB');
  if (name.startsWith('prefill')) return `Prefill of ${context} tokens, p50`;
  return `Decode at ${context}, per token, p50${name.startsWith('decodeCold') ? ', cold' : ''}`;
}
