import { readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { estimate } from '@asterism/estimate';
import {
  type Genome,
  expectOk,
  genomeHash,
  normalForm,
  parseLibraryEntry,
  parseSpace,
  randomGenome,
  scale,
} from '@asterism/genome';

/**
 * `npm run reference-genomes`: writes the two sets of architectures that suites are calibrated and judged with,
 * genomes/evaluation/{reference,random}.json. Both are frozen: a suite's random set is drawn before anybody has looked
 * at a result of it, and used once for a version of the suites.
 *
 * Reference: twelve written by hand, for weights and noise. Random: forty valid genomes within ten per cent of the
 * parameters outside the embedding that the reference set's two-mixer nets have, all different in backbone, for the
 * rank correlation between tiers.
 */
const SEED = 20_261_123;
const WANTED = 40;
const TOLERANCE = 0.1;
const SIZES = {
  nano: { width: 64, context: 128 },
  xs: { width: 128, context: 512 },
} as const;
const REFERENCE = {
  cc: 'nano-cc',
  qq: 'nano-qq',
  cq: 'nano-cq',
  cr: 'nano-cr',
  ccqc: 'nano-ccqc',
  cg: 'nano-cg',
  cm: 'nano-cm',
  'c+gated-deltanet': 'nano-gated-deltanet',
  'c+rg-lru': 'nano-rg-lru',
  'c+hyena-li': 'nano-hyena-li',
  'c+s5': 'nano-s5',
  'cq+moe': 'moe-hybrid',
} as const;

const folder = resolve(__dirname, '..', 'genomes');
const read = (...path: readonly string[]): unknown => JSON.parse(readFileSync(join(folder, ...path), 'utf8'));
const space = expectOk(parseSpace(read('evaluation', 'space.json')));

/** The genome at each tier's size, and what it costs there. */
function entry(name: string, genome: Genome) {
  const sizes = Object.entries(SIZES).map(([tier, { width, context }]) => {
    const { name: _, ...made } = normalForm(
      scale(genome, { width, vocab: 512, context: { from: SIZES.nano.context, to: context } }),
    );
    const { paramsNonEmbedding, flopsPerToken } = estimate(made, { context });
    const costs = { paramsNonEmbedding, flopsPerToken: flopsPerToken.train };
    return [tier, { genome: made, hash: genomeHash(made), ...costs }] as const;
  });
  return { name, ...(Object.fromEntries(sizes) as Record<keyof typeof SIZES, (typeof sizes)[number][1]>) };
}

type Entry = ReturnType<typeof entry>;

function reference(): readonly Entry[] {
  return Object.entries(REFERENCE).map(([name, file]) =>
    entry(name, expectOk(parseLibraryEntry(read('library', `${file}.json`))).genome),
  );
}

function random(target: number): readonly Entry[] {
  const found = new Map<string, Entry>();
  for (let index = 0; found.size < WANTED; index++) {
    const genome = randomGenome(space, { seed: SEED, decision: 0, purpose: 'evaluation', index });
    const made = entry(`r${String(found.size + 1).padStart(2, '0')}`, genome);
    const off = Math.abs(made.nano.paramsNonEmbedding / target - 1);
    if (off <= TOLERANCE && !found.has(made.nano.hash)) found.set(made.nano.hash, made);
  }
  return [...found.values()];
}

function write(set: string, items: readonly Entry[]): void {
  writeFileSync(join(folder, 'evaluation', `${set}.json`), `${JSON.stringify({ set, items }, null, 1)}\n`);
}

const anchors = reference();
const two = anchors.filter(({ name }) => name !== 'ccqc').map(({ nano }) => nano.paramsNonEmbedding);
const target = Math.round(two.reduce((sum, each) => sum + each, 0) / two.length);
const drawn = random(target);
write('reference', anchors);
write('random', drawn);
process.stdout.write(`${anchors.length} of reference, ${drawn.length} random within 10 % of ${target}\n`);
