/** Laws of scores: effective context, resampled test rows, differences with their noise. */
export {
  contextCurve,
  effectiveContext,
  type Asked,
  type Context,
  type Marked,
  type Point,
} from './effective-context';
export { gapOf, type Gap, type Noise } from './gap';
export { pairedNoise, type SeedNoise } from './seed-noise';
export { resamples, scoresOf, spread, type Resamples, type TaskRows } from './resamples';
export { clipped, familyScores } from './families';
export { normal95, student95 } from './quantiles';
