import type { Frozen } from './weights';

/** Standard deviation of one training between seeds, where the reference set measured it. */
export interface Sigmas {
  readonly quality?: number | undefined;
  readonly families: ReadonlyMap<string, number>;
  readonly tasks: ReadonlyMap<string, number>;
}

/** What is known of a suite's version: its frozen weights, else `qualityNoise` of the tier. */
export function sigmasOf(frozen: Frozen | undefined, qualityNoise: number): Sigmas {
  const families = Object.entries(frozen?.noise.families ?? {});
  return {
    quality: frozen?.noise.quality?.sigma ?? (qualityNoise > 0 ? qualityNoise : undefined),
    families: new Map(families.flatMap(([name, found]) => (found === null ? [] : [[name, found.sigma]]))),
    tasks: new Map(frozen?.tasks.flatMap(({ id, sigma }) => (sigma === undefined ? [] : [[id, sigma]]))),
  };
}
