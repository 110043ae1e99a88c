// Results in plain words. A difference inside the noise is never called one.

/** @typedef {{ n: number, name: string | null, code: string, apart?: string, state: string, class?: string, values: Record<string, number>,
 *   intervals: Record<string, [number, number]>, onFront: boolean, origin: string }} Row */

/** One sentence about a candidate that reached its end, in the metrics the search is about. */
export function sentenceFor(row, objectives) {
  const who = `#${row.n} ${row.name ? `${row.name} (${labelOf(row)})` : labelOf(row)}`;
  if (row.state !== 'finished')
    return `${who}: ${endings[row.state] ?? row.state}${row.class ? ` (${row.class})` : ''}.`;
  const facts = objectives
    .filter(({ metric }) => metric in row.values)
    .map(({ metric }) => factOf(metric, row));
  return `${who}: ${facts.join(', ')}.${row.onFront ? ' On the front.' : ''}`;
}

/** The code, and what tells it from others of that code. */
const labelOf = ({ code, apart }) => (apart ? `${code} {${apart}}` : code);

const endings = {
  failed: 'gave no result',
  infeasible: 'breaks a limit of the search',
  cancelled: 'was cancelled',
};

function factOf(metric, row) {
  const value = row.values[metric];
  const [name, rest = ''] = metric.split(/[@/](.*)/s);
  const interval = row.intervals[metric];
  switch (name) {
    case 'quality':
      return `quality ${value.toFixed(3)}${interval ? ` (${interval.map((bound) => bound.toFixed(3)).join(' to ')})` : ''}`;
    case 'decodeMsP50':
      return `${milliseconds(value)} per token${depthOf(rest)}`;
    case 'decodeColdMsP50':
      return `${milliseconds(value)} per token from cold caches${depthOf(rest)}`;
    case 'prefillMsP50':
      return `${milliseconds(value)} for the prompt${depthOf(rest)}`;
    case 'cacheBytes':
      return `${bytes(value)} kept between tokens${depthOf(rest)}`;
    case 'peakBytes':
      return `${bytes(value)} at most${depthOf(rest)}`;
    case 'params':
      return `${(value / 1e6).toFixed(1)} M parameters`;
    default:
      return `${metric} ${Number(value.toPrecision(3))}`;
  }
}

const depthOf = (rest) =>
  /ctx(\d+)/.test(rest) ? ` at ${Number(/ctx(\d+)/.exec(rest)[1]).toLocaleString('en')} tokens` : '';
const milliseconds = (value) => `${value < 10 ? value.toFixed(2) : value.toFixed(0)} ms`;

function bytes(value) {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const at = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(Math.max(value, 1)) / 3)));
  return `${(value / 1000 ** at).toFixed(at === 0 ? 0 : 1)} ${units[at]}`;
}

/** The front against the baseline: one line per front member that is no baseline, best quality first. */
export function frontInWords(front, rows, objectives) {
  const baseline = rows.find((row) => row.origin === 'baseline' && row.state === 'finished');
  const members = [...front].sort((a, b) => (b.values.quality ?? 0) - (a.values.quality ?? 0));
  const lines = members
    .filter((row) => row.n !== baseline?.n)
    .map((row) => describeMember(row, baseline, objectives));
  return baseline
    ? [...lines, baselineLine(baseline, front)]
    : [...lines, ...(lines.length ? ['No baseline finished, so there is nothing to compare with.'] : [])];
}

function describeMember(row, baseline, objectives) {
  const who = `#${row.n} ${row.name ?? labelOf(row)}`;
  if (!baseline) return sentenceFor(row, objectives);
  const differences = objectives.map((objective) => difference(objective, row, baseline)).filter(Boolean);
  return `${who}: ${differences.join(', ')}.`;
}

function baselineLine(baseline, front) {
  const name = baseline.name ?? 'the baseline';
  const on = front.some((row) => row.n === baseline.n);
  return on
    ? `${name} is itself on the front: nothing found is better in every respect.`
    : `${name} is not on the front: something found is at least as good in every respect.`;
}

/** "same quality as transformer-pp within noise", "58 % less cache", "1.4 times slower decoding". */
function difference({ metric, direction }, row, baseline) {
  const [mine, theirs] = [row.values[metric], baseline.values[metric]];
  if (mine === undefined || theirs === undefined) return undefined;
  const noun = nounOf(metric);
  if (withinNoise(row, baseline, metric))
    return `same ${noun} as ${baseline.name ?? 'the baseline'} within noise`;
  if (direction === 'maximize')
    return `${Math.abs(mine - theirs).toFixed(3)} ${mine > theirs ? 'more' : 'less'} ${noun}`;
  const exact = Math.abs(1 - mine / theirs) * 100;
  // A saving of 99.6 % is not all of it.
  const percent = exact > 99 && exact < 100 ? Number(exact.toFixed(2)) : Math.round(exact);
  return mine / theirs > 2
    ? `${(mine / theirs).toFixed(1)} times the ${noun}`
    : `${percent} % ${mine < theirs ? 'less' : 'more'} ${noun}`;
}

/** Exact figures (bytes, parameters) have no interval: then only equality is "the same". */
function withinNoise(row, baseline, metric) {
  const half = (interval) => (interval ? (interval[1] - interval[0]) / 2 : 0);
  const noise = Math.hypot(half(row.intervals[metric]), half(baseline.intervals[metric]));
  return Math.abs(row.values[metric] - baseline.values[metric]) <= noise;
}

function nounOf(metric) {
  const nouns = {
    quality: 'quality',
    cacheBytes: 'cache',
    decodeMsP50: 'time per token',
    decodeColdMsP50: 'time per token from cold caches',
    prefillMsP50: 'time for the prompt',
    peakBytes: 'memory',
    params: 'parameters',
  };
  const name = metric.split(/[@/]/)[0];
  return nouns[name] ?? metric;
}
