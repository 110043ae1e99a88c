/** What may be said of scores. Nothing here draws random numbers, which need a hash of Node: browsers read this part. */
export {
  contextCurve,
  contextShare,
  contextThreshold,
  effectiveContext,
  type Asked,
  type Context,
  type Marked,
  type Point,
} from './effective-context';
export { toldContext, type ToldContext } from './told-context';
export { proportion95 } from './proportion';
export { gapOf, tally, unpairedGap, type Estimated, type Gap, type Noise, type Tally } from './gap';
