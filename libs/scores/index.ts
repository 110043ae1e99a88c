/** Laws of scores: effective context, resampled test rows, differences with their noise. */
export * from './verdicts';
export { pairedNoise, type SeedNoise } from './seed-noise';
export { resamples, scoresOf, spread, type Resamples, type TaskRows } from './resamples';
export { clipped, familyScores } from './families';
export { normal95, student95 } from './quantiles';
