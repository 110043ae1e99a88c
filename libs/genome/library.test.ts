import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  describe as summary,
  genomeHash,
  genomeJsonSchema,
  operators,
  kinds,
  type Kind,
  parseLibraryEntry,
  spaceProblems,
} from './index';
import { aGenome, aSpace, fromLibrary, libraryDocuments } from './testing/genomes';

describe('the library', () => {
  const names = [...libraryDocuments.keys()];

  it.each(names)('%s parses, bears its file name and has a row in the table', (name) => {
    const entry = fromLibrary(name);
    expect(entry.genome.name).toBe(name);
    const readme = readFileSync(join(__dirname, '..', '..', 'genomes', 'README.md'), 'utf8');
    expect(readme).toContain(`| \`${name}\` |`);
  });

  it('has no architecture twice', () => {
    const hashes = names.map((name) => genomeHash(fromLibrary(name).genome));
    expect(new Set(hashes).size).toBe(names.length);
  });

  it('has every kind that was tried for a passport in every-form-once or in a nano motif of its own', () => {
    const verdicts = join(__dirname, '..', '..', 'bench', 'results', 'passports-verdicts.jsonl');
    const lines = readFileSync(verdicts, 'utf8').trimEnd().split('\n');
    const tried = lines.map((line) => (JSON.parse(line) as { kind: string }).kind);
    const pieces = names.filter((name) => name === 'every-form-once' || name.startsWith('nano-'));
    const used = pieces.flatMap((name) => fromLibrary(name).genome.backbone.map((entry) => entry.kind));
    expect(tried.filter((kind) => !used.includes(kind as Kind))).toEqual([]);
  });

  it('uses every form of sharing in every-form-once', () => {
    expect(summary(fromLibrary('every-form-once').genome).code).toMatch(/=.*↑/s);
  });

  it.each(['lfm2', 'gla-hybrid', 'ssd-hybrid'])(
    'offers %s as a start inside the quickstart’s space',
    (name) => {
      expect(spaceProblems(aSpace('small'), fromLibrary(name).genome)).toEqual([]);
    },
  );

  it('refuses a file with problems under /genome and /meta', () => {
    const result = parseLibraryEntry({ genome: { format: 1 }, meta: { title: 'x' } });
    expect(result.ok ? [] : result.problems.map((problem) => problem.pointer)).toEqual(
      expect.arrayContaining(['/meta/source', '/meta/size', '/genome/size', '/genome/backbone']),
    );
  });
});

describe('descriptions', () => {
  it('are short', () => {
    expect(summary(fromLibrary('lfm2').genome).code).toBe('(conv3 · swiglu)×2 · gqa2/1 · swiglu');
    expect(summary(fromLibrary('shared-kv').genome).labels).toEqual([
      'conv3',
      'swiglu',
      'gqa2/1',
      'swiglu',
      'gqa2/1↑3',
      'swiglu',
    ]);
    expect(summary(fromLibrary('phi-1.5').genome).code).toBe('[mha32 · ∥gelu]×24');
    expect(summary(aGenome()).code).toBe('conv4 · swiglu');
  });
});

describe('descriptors', () => {
  it.each(kinds)('%s agrees with itself', (kind) => {
    const operator = operators[kind];
    const knobs = Object.keys(operator.schema.shape);
    for (const named of [
      operator.weightKnobs,
      Object.keys(operator.variation),
      ...Object.values(operator.values),
    ])
      expect(knobs).toEqual(expect.arrayContaining([...named]));
    expect(operator.letter).toHaveLength(1);
  });

  it('have letters and STAR classes of their own', () => {
    expect(new Set(kinds.map((kind) => operators[kind].letter)).size).toBe(kinds.length);
    const classes = kinds.flatMap((kind) => operators[kind].starClasses);
    expect(new Set(classes).size).toBe(classes.length);
  });
});

describe('the JSON Schema', () => {
  it('has a discriminator and no bound that is only JavaScript’s', () => {
    const text = JSON.stringify(genomeJsonSchema());
    expect(text).toContain('"discriminator":{"propertyName":"kind"}');
    expect(text).not.toContain('9007199254740991');
  });

  it('wants every default in output and none in input', () => {
    const required = (io: 'input' | 'output') =>
      (genomeJsonSchema(io)['properties'] as Record<string, { required: string[] }>)['size']!.required;
    expect(required('output')).toEqual(['width', 'vocab', 'repeats', 'tiedEmbeddings']);
    expect(required('input')).toEqual(['width', 'vocab']);
    expect(JSON.stringify(genomeJsonSchema('input'))).toContain('"required":["kind","heads","headDim"]');
  });
});
