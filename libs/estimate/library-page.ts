import type { LibraryEntry } from '@asterism/genome';
import { estimate } from './estimate';

const contexts = [
  ['4K', 4096],
  ['32K', 32_768],
  ['1M', 1_048_576],
] as const;

/** The table of genomes/README.md: what each genome of the library costs, and where it comes from. */
export function libraryTable(library: ReadonlyMap<string, LibraryEntry>): string {
  const rank = (entry: LibraryEntry): string => entry.meta.size;
  const rows = [...library].sort(([a, x], [b, y]) => compare(rank(x) + a, rank(y) + b));
  return [
    `| name | size | parameters | active | ${contexts.map(([name]) => `cache at ${name}`).join(' | ')} | at trial size | what it is | source |`,
    `|---|---|--:|--:|${contexts.map(() => '--:|').join('')}---|---|---|`,
    ...rows.map(([name, entry]) => row(name, entry)),
  ].join('\n');
}

function row(name: string, { genome, meta }: LibraryEntry): string {
  const at = contexts.map(([, context]) => estimate(genome, { context, preset: 'deploy' }));
  const [first] = at;
  return `| ${[
    `\`${name}\``,
    meta.size,
    whole(first!.params),
    first!.paramsActive === first!.params ? '' : whole(first!.paramsActive),
    ...at.map(({ cacheBytes }) => bytes(cacheBytes)),
    meta.nano === undefined ? '' : `\`${meta.nano}\``,
    meta.title + (meta.note ? `: ${meta.note}` : ''),
    meta.source,
  ].join(' | ')} |`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

const whole = (value: number): string => value.toLocaleString('en-US');

/** Binary units, three digits. */
export function bytes(value: number): string {
  const units = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];
  const power = value === 0 ? 0 : Math.min(units.length - 1, Math.floor(Math.log2(value) / 10));
  return `${Number((value / 2 ** (10 * power)).toPrecision(3))} ${units[power]!}`;
}
