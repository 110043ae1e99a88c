import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  expectOk,
  type Genome,
  type LibraryEntry,
  parseGenome,
  parseLibraryEntry,
  parseSpace,
  randomGenome,
  repair,
  type Space,
} from '../index';

const folder = join(__dirname, '..', '..', '..', 'genomes');

/** Every file of a folder of genomes/, parsed as JSON, by name. */
function documents(sub: string): ReadonlyMap<string, unknown> {
  const names = readdirSync(join(folder, sub)).filter((name) => name.endsWith('.json'));
  return new Map(
    names.map((name) => [
      name.slice(0, -5),
      JSON.parse(readFileSync(join(folder, sub, name), 'utf8')) as unknown,
    ]),
  );
}

export const libraryDocuments = documents('library');
export const spaceDocuments = documents('spaces');

export function fromLibrary(name: string): LibraryEntry {
  return expectOk(parseLibraryEntry(libraryDocuments.get(name)));
}

const spaces = new Map<string, Space>();

/** A space of genomes/spaces/, read once. */
export function aSpace(name: string): Space {
  const space = spaces.get(name) ?? expectOk(parseSpace(spaceDocuments.get(name)));
  spaces.set(name, space);
  return space;
}

/** A small valid genome with the given fields on top. */
export function aGenome(fields: Readonly<Record<string, unknown>> = {}): Genome {
  return expectOk(parseGenome(aDocument(fields)));
}

/** The same as JSON, which may be invalid. */
export function aDocument(fields: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    format: 1,
    size: { width: 64, vocab: 512 },
    backbone: [
      { kind: 'gated-conv', kernel: 4 },
      { kind: 'swiglu', hidden: 128 },
    ],
    ...fields,
  };
}

/** Genomes of every space, at the space's size, together with the space. */
export const genomeInSpace: fc.Arbitrary<{ readonly space: Space; readonly genome: Genome }> = fc
  .record({ name: fc.constantFrom(...spaceDocuments.keys()), seed: fc.integer({ min: 0, max: 1e9 }) })
  .map(({ name, seed }) => {
    const space = aSpace(name);
    return { space, genome: randomGenome(space, { seed, decision: 0, purpose: 'test' }) };
  });

const count = fc.integer({ min: 1, max: 12 });
const share = (of: readonly string[]) =>
  fc.record(
    {
      weights: fc.record({ group: fc.integer({ min: 1, max: 3 }) }),
      ...(of.length > 0 && {
        values: fc.record({
          group: fc.integer({ min: 1, max: 3 }),
          of: fc.subarray([...of], { minLength: 1 }),
        }),
      }),
    },
    { requiredKeys: [] },
  );
const activation = fc.constantFrom('silu', 'gelu', 'gelu-tanh', 'relu', 'relu2');

/** Written-by-hand LIVs with all knobs in use; knobs may contradict each other. */
export const looseEntry: fc.Arbitrary<Readonly<Record<string, unknown>>> = fc.oneof(
  fc.record({
    kind: fc.constant('attention'),
    heads: count,
    kvHeads: count,
    headDim: fc.integer({ min: 1, max: 40 }),
    window: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 9000 })),
    qkNorm: fc.boolean(),
    qkNormKind: fc.constantFrom('rms', 'l2'),
    softcap: fc.integer({ min: 0, max: 60 }),
    bias: fc.boolean(),
    rope: fc.record({
      theta: fc.constantFrom(0, 10, 1000, 10000, 1_000_000),
      scaling: fc.constantFrom('none', 'linear', 'llama3'),
      factor: count,
      originalContext: fc.constantFrom(0, 2048, 8192),
      percent: fc.integer({ min: 1, max: 100 }),
    }),
    share: share(['k', 'v']),
  }),
  fc.record({
    kind: fc.constant('gated-conv'),
    kernel: fc.integer({ min: 2, max: 128 }),
    expand: fc.integer({ min: 1, max: 3 }),
    bias: fc.boolean(),
    share: share(['B', 'C', 'taps']),
  }),
  fc.record({
    kind: fc.constant('gla'),
    heads: count,
    keyDim: count,
    valueDim: count,
    gateRank: count,
    share: share(['q', 'k', 'v', 'decay']),
  }),
  fc.record({
    kind: fc.constant('ssd'),
    heads: count,
    headDim: count,
    state: count,
    groups: count,
    conv: fc.integer({ min: 2, max: 6 }),
    share: share(['B', 'C', 'v', 'decay']),
  }),
  fc.record({
    kind: fc.constant('swiglu'),
    hidden: fc.integer({ min: 1, max: 700 }),
    activation,
    gated: fc.boolean(),
    bias: fc.boolean(),
    parallel: fc.boolean(),
    share: share([]),
  }),
  fc.record({
    kind: fc.constant('moe'),
    experts: count,
    topK: count,
    hidden: fc.integer({ min: 1, max: 700 }),
    activation,
    normTopK: fc.boolean(),
    sharedHidden: fc.integer({ min: 0, max: 64 }),
    router: fc.constantFrom('sigmoid', 'softmax'),
    parallel: fc.boolean(),
    share: share([]),
  }),
);

/** Genomes whose parts are each legal but may not fit together. */
export const looseDocument: fc.Arbitrary<Record<string, unknown>> = fc.record({
  format: fc.constant(1),
  name: fc.string({ maxLength: 20 }),
  size: fc.record({
    width: fc.integer({ min: 8, max: 4096 }),
    vocab: fc.constantFrom(512, 65536),
    repeats: count,
    tiedEmbeddings: fc.boolean(),
  }),
  norm: fc.record({
    kind: fc.constantFrom('rms', 'layer'),
    eps: fc.constantFrom('1e-5', '1e-6', '1e-8'),
    placement: fc.constantFrom('pre', 'sandwich'),
  }),
  embedScale: fc.constantFrom('none', 'sqrt-width'),
  finalSoftcap: fc.integer({ min: 0, max: 60 }),
  backbone: fc.array(looseEntry, { minLength: 1, maxLength: 10 }),
});

/** Valid genomes with every knob and every form of sharing in use. */
export const anyGenome: fc.Arbitrary<Genome> = looseDocument.map((document) => expectOk(repair(document)));

const hostileValue = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom<unknown>(
    null,
    -1,
    0,
    0.5,
    1e9,
    1e308,
    -0,
    NaN,
    Infinity,
    -Infinity,
    2 ** 53,
    '',
    '1',
    true,
    [],
    {},
    'attention',
    '__proto__',
    undefined,
  ),
);

/** JSON that is nothing like a genome, or a genome with up to four places spoilt. */
export const hostileDocument: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 6 }) },
  {
    weight: 4,
    arbitrary: fc
      .tuple(
        looseDocument,
        fc.array(
          fc.tuple(
            fc.array(fc.nat(20), { minLength: 1, maxLength: 4 }),
            hostileValue,
            fc.constantFrom('kind', 'share', 'rope', 'window', '__proto__', 'x'),
          ),
          { minLength: 1, maxLength: 4 },
        ),
      )
      .map(([document, edits]) =>
        edits.reduce<unknown>((spoilt, [path, value, key]) => spoil(spoilt, path, value, key), document),
      ),
  },
);

/** Replaces, removes or adds something at a path of child numbers. */
function spoil(node: unknown, [step, ...rest]: readonly number[], value: unknown, key: string): unknown {
  if (typeof node !== 'object' || node === null || step === undefined) return value;
  if (Array.isArray(node))
    return node.map((child: unknown, i) =>
      i === step % node.length ? spoil(child, rest, value, key) : child,
    );
  const names = Object.keys(node);
  const name = step % (names.length + 1) === names.length ? key : names[step % (names.length + 1)]!;
  const child = rest.length === 0 ? value : spoil((node as Record<string, unknown>)[name], rest, value, key);
  return JSON.parse(JSON.stringify({ ...node, [name]: child }), undefined) as unknown;
}
