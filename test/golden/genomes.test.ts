import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { estimate } from '@asterism/estimate';
import { expectOk, parseLibraryEntry, parseSpace, type LibraryEntry } from '@asterism/genome';
import { specSchema } from '@asterism/search';

const folder = join(__dirname, '..', '..', 'genomes');
const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const names = (sub: string): readonly string[] =>
  readdirSync(join(folder, sub)).map((file) => file.replace(/\.json$/, ''));
const library = new Map<string, LibraryEntry>(
  names('library').map((name) => [name, expectOk(parseLibraryEntry(read('library', `${name}.json`)))]),
);

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
});

describe('the searches that come with it', () => {
  it.each(names('searches'))('%s is a valid spec whose space and genomes exist', (name) => {
    const spec = specSchema.parse(read('searches', `${name}.json`));
    expect(parseSpace(read('spaces', `${String(spec.space)}.json`)).ok).toBe(true);
    for (const start of [...spec.start, ...spec.baselines]) expect(library.has(String(start))).toBe(true);
  });
});
