import { estimate } from '@asterism/estimate';
import { genomeHash, randomGenome, type Genome, type Space } from '@asterism/genome';
import { at, child, shuffle, type Key } from '@asterism/random';

/** Random genomes drawn for each one that the initial design takes. */
const OVERSAMPLING = 8;

/**
 * Random genomes of the space in `count` strata of cost, in random order of strata: the initial design takes the
 * first acceptable genome of each. Cost is what decoding one token must read at the space's context: active weights
 * and cache, which orders genomes by latency and memory alike.
 */
export function stratified(space: Space, count: number, key: Key): readonly (readonly Genome[])[] {
  const drawn = Array.from({ length: OVERSAMPLING * count }, (_, i) =>
    randomGenome(space, at(child(key, 'pool'), i)),
  );
  const costs = drawn.map((genome) => traffic(genome, space.context));
  const order = drawn.map((_, i) => i).sort((a, b) => costs[a]! - costs[b]! || a - b);
  const strata = Array.from({ length: count }, (_, s) =>
    order.slice(s * OVERSAMPLING, (s + 1) * OVERSAMPLING).map((i) => drawn[i]!),
  );
  return shuffle(
    child(key, 'strata'),
    strata.map((genomes, s) => unlike(shuffle(at(child(key, 'stratum'), s), genomes))),
  );
}

function traffic(genome: Genome, context: number): number {
  const { paramsActive, cacheBytes } = estimate(genome, { context });
  return 4 * paramsActive + cacheBytes;
}

function unlike(genomes: readonly Genome[]): readonly Genome[] {
  return [...new Map(genomes.map((genome) => [genomeHash(genome), genome])).values()];
}
