export { type Problem, type Result, succeed, refuse, expectOk, toPointer } from './result';
export {
  type Genome,
  type Entry,
  type EntryOf,
  type Size,
  type DeepReadonly,
  genomeSchema,
  MAX_LIVS,
  MAX_TOTAL_LIVS,
} from './schema';
export { operators, kinds, isKind, type Kind } from './operators';
export type { Operator, Family, Role, Knob, Share, AnyEntry } from './operators/operator';
export { rotaryDims } from './operators/attention';
export { parseGenome } from './parse';
export { problemsOf, depthProblem } from './problems';
export { validityProblems } from './validity';
export { sharingPlan, shareOf, valueNames, areAlike, type Sources } from './sharing';
export { normalForm } from './normal-form';
export { canonicalJson, canonicalText, genomeHash } from './canonical';
export { sha256Hex } from './sha256';
export { genomeJsonSchema, contractOverride } from './json-schema';
export { axesPage, pointsTable, type TableRow } from './axes-page';
export { fullSpace } from './full-space';
export { kindExamples, knobChoices, type KindExamples } from './examples';
export { heldBy, plainEntry, moveTo, movesAlong, pointOf, spelled, type AxisMove } from './axes';
export { axisNames, type Axis, type Coordinate, type Point, type Site } from './operators/axes';
export {
  parseSpace,
  spaceSchema,
  siteOf,
  templatesOf,
  choicesOf,
  depthOf,
  type Space,
  type SpaceOperator,
  type Template,
} from './space';
export { spaceProblems, templateOf } from './membership';
export { validate, repair, withoutShare } from './repair';
export { randomGenome, randomTemplate } from './random-genome';
export { encodeStar, decodeStar, starOperatorCode } from './star';
export { scale, type Scaling } from './scale';
export { tellApart } from './apart';
export { describe, label, flags, type Description } from './describe';
export { knobsOf, operatorsPage, type KnobDescription } from './page';
export { parseLibraryEntry, type LibraryEntry } from './library';
export { importConfig, exportConfig, modelTypes, type Imported } from './import/registry';
export { configText } from './import/text';
