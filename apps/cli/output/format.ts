const SCALES = [
  [1e12, 'T'],
  [1e9, 'G'],
  [1e6, 'M'],
  [1e3, 'k'],
] as const;

/** Three significant digits, with an SI letter from a thousand up; a missing number is a dash. */
export function number(value: number | null | undefined): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return '–';
  const scale = SCALES.find(([factor]) => Math.abs(value) >= factor);
  if (scale !== undefined) return `${Number((value / scale[0]).toPrecision(3))} ${scale[1]}`;
  return String(Number(value.toPrecision(3)));
}

/** Unit of a metric name such as `decodeMsP50@cpu/torch/fp32/ctx4096`. */
export function unitOf(metric: string): string {
  const name = metric.split(/[@/]/)[0] ?? metric;
  if (/Ms(P\d+)?$/.test(name)) return 'ms';
  if (/[bB]ytes/.test(name)) return 'B';
  return '';
}

export function measure(metric: string, value: number | null | undefined): string {
  const unit = unitOf(metric);
  const text = number(value);
  if (text === '–' || unit === '') return text;
  return /[a-zA-Z]$/.test(text) ? `${text}${unit}` : `${text} ${unit}`;
}

/** Column title of a metric: the target is left out, since a search has one. */
export function short(metric: string): string {
  return metric.replace(/@[^/]+(?:\/(?!ctx)[^/]+)*/, '');
}

export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined) return '–';
  const whole = Math.round(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}

export function bar(done: number, total: number, width = 24): string {
  const filled = total <= 0 ? 0 : Math.min(width, Math.round((done / total) * width));
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}] ${done}/${total}`;
}
