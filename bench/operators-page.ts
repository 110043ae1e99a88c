import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Kind, kinds, operators, type operatorsPage } from '@asterism/genome';

type PageNotes = NonNullable<Parameters<typeof operatorsPage>[0]>;

const checkout = resolve(__dirname, '..');

/** A line of bench/results/operators.jsonl; which fields it has depends on `figure` and `phase`. */
interface Measured {
  readonly figure: string;
  readonly kind?: string;
  readonly phase?: string;
  readonly length?: number;
  readonly tokensPerSecond?: number;
  readonly gemmShare?: number;
  readonly bandwidthShare?: number;
  readonly peakBytes?: number;
  readonly overLoop?: number;
  readonly public?: { readonly name: string; readonly ratio: number } | null;
  readonly kernel?: number;
  readonly shape?: readonly number[];
  readonly overBest?: number;
  readonly best?: string;
  readonly lostFrom1024?: number;
  readonly parameters?: number;
  readonly theirsOverOurs?: number;
  readonly msPerToken?: number;
  readonly load: number;
}

/** The verdicts that `python -m asterism passports` writes beside its runs. */
interface Verdict {
  readonly kind: string;
  readonly probe: string;
  readonly why: string;
  readonly scores: Readonly<Record<string, readonly number[]>>;
  readonly sigma: number;
  readonly passed: boolean;
  readonly reason: string;
}

const GPU = `Figures are of one CPU thread. Kernels for an NVIDIA GPU stand in one table,
\`workers/asterism/operators/device_table.py\` (fla for GLA, SSD, the gated delta rule and short convolutions, torch's
grouped product for experts; attention takes torch's own \`scaled_dot_product_attention\`). **On a GPU nothing has been
measured or compared yet**: the table's kernels stay unchosen unless \`ASTERISM_KERNELS=unverified\` asks for them, and
their parity tests are skipped where there is no GPU.`;

const READING = `How to read the figures: width 256, CPU seconds of one thread, medians of interleaved rounds (one to five, as
many as fit four seconds, after one to warm up; that one alone where it takes longer than twelve), \`npm run bench:operators\`. Training is forward and backward of one
operator on 16,384 tokens at every length (one row where the kind loops over time); decoding is one token at a time
at that depth. Shares are of the peaks that the machine reached in the same rounds: matrix products (1,024³ in float32;
transforms and scans count as none) or reading one long array. "Over the loop" is how many times faster training is
than the step form in a Python loop with gradients, two rows of 1,024 tokens, the whole operator with its projections;
the recurrences by themselves stand under Figures, with their shapes. "Lost" is the share of training speed at 1,024
tokens that is gone at 16,384, the same tokens a batch, filters as long as the rows. "Over public" is their time over
ours, training at four rows of 1,024 tokens (one for \`selective\`). Loads of the machine stand beside the figures; ratios say more than tokens per second.`;

const PASSPORTS = `A kind has a **passport** when it solves the probe that the literature says it solves (score ≥ .9 of 1, mean of
two seeds, at the rate that all kinds share) and half or twice that rate is better by no more than one σ of seeds:
\`python -m asterism passports\`, 0.52 M tokens in 1,024 steps of a motif of width 64. A kind whose verdict is no leaves the
default spaces. Most probes are solved by every run: they say that a kind works at these rates, not which rate is best.
Attention was tried on recall first and its seeds disagreed there (.99 and .64 after 2,048 steps); its passport is for copying.`;

/** Everything on the page that is not in the descriptors. */
export function pageNotes(): PageNotes {
  const measured = lines<Measured>('bench/results/operators.jsonl');
  const passports = lines<Verdict>('bench/results/passports-verdicts.jsonl');
  const verdictOf = new Map(passports.map((each) => [each.kind, each]));
  return {
    head: [
      overview(measured, verdictOf),
      ...(existsSync(join(checkout, 'docs', 'operators.svg'))
        ? ['![Training speed against length](operators.svg)']
        : []),
      READING,
      PASSPORTS,
      GPU,
      ...figures(measured),
    ],
    of: (kind) => [
      ...docstring(kind),
      ...costs(measured.filter((each) => each.figure === 'cell' && each.kind === kind)),
      passportLine(verdictOf.get(kind)),
    ],
  };
}

function lines<T>(path: string): readonly T[] {
  const full = join(checkout, path);
  if (!existsSync(full)) return [];
  return readFileSync(full, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T);
}

/** The equation, the sources and the starting values, as the operator's own file says them. */
function docstring(kind: Kind): readonly string[] {
  const name = `workers/asterism/operators/${kind.replaceAll('-', '_')}.py`;
  const path = join(checkout, name);
  const text = existsSync(path)
    ? /^"""([\s\S]*?)"""/.exec(readFileSync(path, 'utf8'))?.[1]?.trim()
    : undefined;
  return text
    ? [...text.split(/\n\s*\n/).map((part) => part.replaceAll('*', '\\*')), `Code: \`${name}\`.`]
    : [];
}

function overview(measured: readonly Measured[], verdictOf: ReadonlyMap<string, Verdict>): string {
  const rows = kinds.map((kind) => {
    const train = cellOf(measured, kind, 'train', 1024);
    const verdict = verdictOf.get(kind);
    return `| [\`${kind}\`](#${anchor(kind)}) | ${operators[kind].title} | ${operators[kind].family} | ${thousands(train?.tokensPerSecond)} | ${percent(cellOf(measured, kind, 'train', 16384)?.lostFrom1024)} | ${percent(train?.gemmShare)} | ${times(measured.find((each) => each.figure === 'over-loop' && each.kind === kind)?.overLoop)} | ${times(train?.public?.ratio)} | ${thousands(cellOf(measured, kind, 'decode', 1024)?.tokensPerSecond)} | ${verdict ? (verdict.passed ? 'yes' : 'no') : 'not run'} |`;
  });
  return [
    '| kind | | family | training, ktok/s | lost at 16K | of the matrix peak | over the loop | over public | decoding, ktok/s | passport |',
    '|---|---|---|---|---|---|---|---|---|---|',
    ...rows,
  ].join('\n');
}

/** As GitHub makes it of the kind's heading. */
const anchor = (kind: Kind): string =>
  `${kind} ${operators[kind].title}`
    .toLowerCase()
    .replace(/[^a-z0-9 -]/g, '')
    .replaceAll(' ', '-');

function cellOf(measured: readonly Measured[], kind: string, phase: string, length: number) {
  return measured.find(
    (each) => each.figure === 'cell' && each.kind === kind && each.phase === phase && each.length === length,
  );
}

function costs(cells: readonly Measured[]): readonly string[] {
  if (cells.length === 0) return [];
  const order = ['train', 'prefill', 'decode'];
  const sorted = [...cells].sort(
    (a, b) =>
      order.indexOf(a.phase ?? '') - order.indexOf(b.phase ?? '') || (a.length ?? 0) - (b.length ?? 0),
  );
  const rows = sorted.map(
    (cell) =>
      `| ${cell.phase} | ${cell.length} | ${thousands(cell.tokensPerSecond)} | ${percent(cell.gemmShare ?? cell.bandwidthShare)} ${cell.phase === 'decode' ? 'of bandwidth' : 'of matrix peak'} | ${Math.round((cell.peakBytes ?? 0) / 1e6)} | ${cell.public ? `${times(cell.public.ratio)} (${cell.public.name})` : 'none'} | ${Math.round(cell.load)} |`,
  );
  return [
    [
      '| phase | tokens | ktok/s | share | peak MB | over public | load |',
      '|---|---|---|---|---|---|---|',
      ...rows,
    ].join('\n'),
  ];
}

function passportLine(verdict: Verdict | undefined): string {
  if (!verdict) return 'Passport: not run yet.';
  const scores = Object.entries(verdict.scores)
    .map(([rate, values]) => `×${rate} ${values.map((value) => value.toFixed(2)).join(', ')}`)
    .join('; ');
  return `Passport: **${verdict.passed ? 'yes' : 'no'}**, ${verdict.probe} (${verdict.why}): ${scores}; σ ${verdict.sigma.toFixed(2)}.${verdict.reason && ` It ${verdict.reason}.`}`;
}

function figures(measured: readonly Measured[]): readonly string[] {
  const of = (figure: string) => measured.filter((each) => each.figure === figure);
  const rows = [
    ...of('lfm2-training').map(
      (each) =>
        `| LFM2's shape, ${millions(each.parameters)}: training, Transformers' time over ours | ${times(each.theirsOverOurs)} | ${Math.round(each.load)} |`,
    ),
    ...['lfm2-decoding', 'lfm2-decoding compiled'].flatMap((figure) =>
      of(figure).map(
        (each) =>
          `| LFM2's shape, ${millions(each.parameters)}: decoding${figure.endsWith('compiled') ? ' with compiled products' : ''}, Transformers' time over ours; share of the bandwidth | ${times(each.theirsOverOurs)}; ${percent(each.bandwidthShare)} | ${Math.round(each.load)} |`,
      ),
    ),
    ...of('form-over-loop').map(
      (each) =>
        `| \`${each.kind}\`, the ${FORMS[each.kind ?? ''] ?? 'form'} by itself, 1,024 tokens, ${shapeOf(each)}: the Python loop's time over ours | ${times(each.overLoop)} | ${Math.round(each.load)} |`,
    ),
    ...of('convolution').map(
      (each) =>
        `| convolution of ${each.kernel} taps on [${each.shape?.join(', ')}]: our time over the best of conv1d, shifts and FFT | ${times(each.overBest)} (${each.best}) | ${Math.round(each.load)} |`,
    ),
  ];
  return rows.length ? ['## Figures', ['| figure | | load |', '|---|---|---|', ...rows].join('\n')] : [];
}

const FORMS: Readonly<Record<string, string>> = { 'rg-lru': 'scan' };

/** Rows, then heads, key and value width; a scan has channels. */
function shapeOf({ shape = [] }: Measured): string {
  const [rows = 0, ...rest] = shape;
  const [heads, keys, values] = rest;
  const size =
    rest.length === 1 ? `${heads} channels` : `${heads} heads, keys of ${keys}, values of ${values}`;
  return `${rows} ${rows === 1 ? 'row' : 'rows'}, ${size}`;
}

const thousands = (value?: number): string => (value === undefined ? '' : (value / 1000).toPrecision(3));
const percent = (value?: number): string => (value === undefined ? '' : `${Math.round(100 * value)} %`);
const times = (value?: number): string => (value === undefined ? '' : `${value.toPrecision(3)}×`);
const millions = (value?: number): string => `${Math.round((value ?? 0) / 1e6)} M parameters`;
