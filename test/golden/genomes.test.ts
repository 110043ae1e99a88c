import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimate } from '@asterism/estimate';
import {
  expectOk,
  operators,
  parseLibraryEntry,
  parseSpace,
  type AnyEntry,
  type Genome,
  type LibraryEntry,
} from '@asterism/genome';
import { specSchema } from '@asterism/search';

const folder = join(__dirname, '..', '..', 'genomes');
const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const names = (sub: string): readonly string[] =>
  readdirSync(join(folder, sub)).map((file) => file.replace(/\.json$/, ''));
const library = new Map<string, LibraryEntry>(
  names('library').map((name) => [name, expectOk(parseLibraryEntry(read('library', `${name}.json`)))]),
);

const kindsOf = ({ backbone }: Genome): ReadonlySet<string> => new Set(backbone.map(({ kind }) => kind));

describe('the genome library', () => {
  const published = [...library].filter(([, { meta }]) => meta.parameters !== undefined);

  it.each(published)('%s has its published number of parameters', (_name, { genome, meta }) => {
    expect(estimate(genome, { context: 4096, preset: 'deploy' }).params).toBe(meta.parameters);
  });

  it('covers thirteen released models', () => {
    expect(published.length).toBeGreaterThanOrEqual(13);
  });

  it("has STAR's Transformer++ with its cache of 805,306,368 bytes", () => {
    const { genome } = library.get('transformer-pp-1b')!;
    expect(estimate(genome, { context: 4096, preset: 'star' }).cacheBytes).toBe(805_306_368);
  });

  const large = [...library].filter(([, { meta }]) => meta.size === 'full');

  it.each(large)('%s has a motif of its own kinds at trial size', (_name, { genome, meta }) => {
    const motif = library.get(String(meta.nano));
    expect(motif?.meta.size).toBe('nano');
    expect(kindsOf(motif!.genome)).toEqual(kindsOf(genome));
  });

  it('has a motif for each of the 17 classes of STAR', () => {
    const motifs = [...library].filter(([name]) => /^star-(sa|rec|gconv|gmemless)/.test(name));
    const classes = motifs.map(([name, { genome }]) => {
      const entry = name === 'star-gmemless' ? genome.backbone[1]! : genome.backbone[0]!;
      return operators[entry.kind].starClass(entry as unknown as AnyEntry);
    });
    expect(classes.sort((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_, index) => index + 1));
  });

  it.each([
    ['lfm1-stand-in-1.3b', 1.3e9, 1.3e9],
    ['lfm1-stand-in-3b', 3.1e9, 3.1e9],
    ['lfm1-stand-in-7b', 7e9, 7e9],
    ['lfm1-stand-in-40b-a12b', 40.3e9, 12e9],
  ])('%s is within 3 %% of the totals that were named, and says that it stands in', (name, total, active) => {
    const { genome, meta } = library.get(name)!;
    const { params, paramsActive } = estimate(genome, { context: 4096 });
    expect(Math.abs(params / total - 1)).toBeLessThan(0.003);
    expect(Math.abs(paramsActive / active - 1)).toBeLessThan(0.03);
    expect(`${meta.title} ${meta.source}`).toMatch(/stand-in .*never published/);
  });

  it.each([
    ['moe-hybrid-dense', 'params'],
    ['moe-hybrid-dense-active', 'paramsActive'],
  ] as const)('%s has the size of moe-hybrid in %s to within half its router', (name, which) => {
    const sizeOf = (one: string) => estimate(library.get(one)!.genome, { context: 4096 })[which];
    expect(Math.abs(sizeOf(name) - sizeOf('moe-hybrid'))).toBeLessThan(256);
  });
});

describe('the searches that come with it', () => {
  it.each(names('searches'))('%s is a valid spec whose space and genomes exist', (name) => {
    const spec = specSchema.parse(read('searches', `${name}.json`));
    expect(parseSpace(read('spaces', `${String(spec.space)}.json`)).ok).toBe(true);
    for (const start of [...spec.start, ...spec.baselines]) expect(library.has(String(start))).toBe(true);
  });
});
