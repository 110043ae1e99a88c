import type { Interval } from '../api/types';
import { around, significant, withUnit, type Scale } from '../logic/format';

/** A value in the scale of its column, with its interval behind it; `wide` keeps room for both ends. */
export function FigureValue({
  value,
  interval,
  scale,
  wide = false,
}: {
  readonly value: number | null | undefined;
  readonly interval?: Interval | null | undefined;
  readonly scale: Scale;
  readonly wide?: boolean;
}) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  const spread = around(value, interval, scale.divisor);
  const title = interval
    ? `95 % interval ${significant(interval[0] / scale.divisor)} to ${significant(interval[1] / scale.divisor)}`
    : undefined;
  return (
    <span title={title}>
      {significant(value / scale.divisor)}
      {spread !== '' && <span className={`pm half${wide ? ' ends' : ''}`}>{spread}</span>}
    </span>
  );
}

export function WithUnit({
  value,
  unit,
}: {
  readonly value: number | null | undefined;
  readonly unit: string;
}) {
  return <>{withUnit(value, unit)}</>;
}
