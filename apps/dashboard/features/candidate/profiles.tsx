import { useState } from 'react';
import { measured, pair } from '../../shared/api/outcomes';
import type { Profile, ProfileMeasured } from '../../shared/api/types';
import { commonScale, significant } from '../../shared/logic/format';
import { describeMetric } from '../../shared/logic/metrics';
import { FigureValue } from '../../shared/ui/figure-value';
import { State } from '../../shared/ui/state';
import { Samples } from './samples-view';

/** One block per target: figures with intervals, how far they can be trusted, and the raw times behind them. */
export function Profiles({ profiles }: { readonly profiles: readonly Profile[] }) {
  return (
    <section aria-labelledby="profiles-title" className="lineage">
      <h2 id="profiles-title">Profiles</h2>
      {profiles.length === 0 && <p className="muted">Not profiled: no objective asked for a measurement.</p>}
      {profiles.map((profile) => (
        <ProfileBlock key={profile.id} profile={profile} />
      ))}
    </section>
  );
}

function ProfileBlock({ profile }: { readonly profile: Profile }) {
  const { outcome } = profile;
  const figures = measured(profile);
  const [open, setOpen] = useState(false);
  return (
    <article className="lineage">
      <h3>
        {figures?.target ?? profile.target}{' '}
        {outcome?.status === 'measured' ? <Trust outcome={outcome} /> : <State state={profile.state} />}
      </h3>
      {outcome?.status === 'failed' && (
        <p className="notice bad">
          No measurement: {outcome.class}. {outcome.reason}
        </p>
      )}
      {figures && <MetricsTable outcome={figures} />}
      {figures && (
        <details onToggle={(event) => setOpen(event.currentTarget.open)}>
          <summary>Raw samples</summary>
          <Samples sha256={figures.artifacts.samples} wanted={open} />
        </details>
      )}
    </article>
  );
}

/** What the protocol says about its own figures, in plain words. */
function Trust({ outcome }: { readonly outcome: ProfileMeasured }) {
  const doubts = [
    !outcome.settled && 'did not settle',
    outcome.contended && 'the core was contended',
    outcome.undecided && 'the two yardsticks disagree',
  ].filter((doubt) => doubt !== false);
  return doubts.length === 0 ? (
    <span className="small muted">settled, uncontended</span>
  ) : (
    <span className="small state-waiting">{doubts.join(', ')}</span>
  );
}

function MetricsTable({ outcome }: { readonly outcome: ProfileMeasured }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">Metric</th>
          <th scope="col" className="num">
            Measured
          </th>
          <th scope="col" className="num">
            Of the yardstick
          </th>
        </tr>
      </thead>
      <tbody>
        {Object.entries(outcome.metrics).map(([name, value]) => {
          const { short, unit } = describeMetric(name);
          const context = /ctx(\d+)/.exec(name)?.[1];
          const scale = commonScale([value], unit);
          const ratio = outcome.ratioToYardstick[name];
          return (
            <tr key={name}>
              <th scope="row">
                {short}{' '}
                {context && (
                  <span className="muted small">at {Number(context).toLocaleString('en-GB')} tokens</span>
                )}
              </th>
              <td className="num">
                <FigureValue value={value} interval={pair(outcome.intervals[name])} scale={scale} />{' '}
                {scale.unit}
              </td>
              <td className="num">{ratio === undefined ? '–' : `${significant(ratio)}×`}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
