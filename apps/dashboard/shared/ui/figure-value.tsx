import type { Interval } from '../api/types';
import { halfWidth, significant, withUnit, type Scale } from '../logic/format';

/** A value in the scale of its column, with half its interval behind it. */
export function FigureValue({
  value,
  interval,
  scale,
}: {
  readonly value: number | null | undefined;
  readonly interval?: Interval | null | undefined;
  readonly scale: Scale;
}) {
  if (value === null || value === undefined) return <span className="muted">–</span>;
  const half = halfWidth(interval, scale.divisor);
  const title = interval
    ? `${significant(interval[0] / scale.divisor)} to ${significant(interval[1] / scale.divisor)}`
    : undefined;
  return (
    <span title={title}>
      {significant(value / scale.divisor)}
      {half !== '' && <span className="pm half">{half}</span>}
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
