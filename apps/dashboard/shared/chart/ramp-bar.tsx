import { useId } from 'react';
import { significant } from '../logic/format';

/** The scale of colours with the numbers at its ends, and between them where it is straight. */
export function RampBar({
  from,
  to,
  between = [],
  width = 70,
}: {
  readonly from: number;
  readonly to: number;
  readonly between?: readonly number[];
  readonly width?: number;
}) {
  const id = useId();
  const at = (value: number) => ((value - from) / (to - from)) * width;
  return (
    <>
      <span className="num">{significant(from)}</span>
      <svg width={width} height={between.length > 0 ? 24 : 10} aria-hidden="true">
        <defs>
          <linearGradient id={id}>
            {[0, 1, 2, 3].map((stop) => (
              <stop key={stop} offset={stop / 3} stopColor={`var(--ramp-${stop})`} />
            ))}
          </linearGradient>
        </defs>
        <rect y={between.length > 0 ? 3 : 0} width={width} height="10" fill={`url(#${id})`} />
        {between.map((value) => (
          <g key={value}>
            <line x1={at(value)} x2={at(value)} y1="3" y2="15" stroke="var(--muted)" />
            <text x={at(value)} y="23" fontSize="9" textAnchor="middle" fill="var(--muted)">
              {significant(value, 1)}
            </text>
          </g>
        ))}
      </svg>
      <span className="num">{significant(to)}</span>
    </>
  );
}
