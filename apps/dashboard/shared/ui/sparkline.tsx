/** A word-sized curve: where it went, with its end marked. The number beside it says how far. */
export function Sparkline({ values, label }: { readonly values: readonly number[]; readonly label: string }) {
  const [width, height, pad] = [96, 22, 3];
  if (values.length < 2) return <span className="muted">–</span>;
  const low = Math.min(...values);
  const span = Math.max(...values) - low || 1;
  const x = (i: number) => pad + (i / (values.length - 1)) * (width - 2 * pad);
  const y = (v: number) => height - pad - ((v - low) / span) * (height - 2 * pad);
  // A step, because a hypervolume jumps when a result is admitted and rests between.
  const path = values.map((v, i) => (i === 0 ? `M${x(0)} ${y(v)}` : `H${x(i)}V${y(v)}`)).join('');
  return (
    <svg width={width} height={height} viewBox={`0 0 ${width} ${height}`} role="img" aria-label={label}>
      <path d={path} fill="none" stroke="var(--muted)" strokeWidth="1.25" />
      <circle cx={x(values.length - 1)} cy={y(values.at(-1)!)} r="2.2" fill="var(--ink)" />
    </svg>
  );
}
