/** Randomness as a pure function of a key: no generator object, no shared stream. */
export { bits64, chance, integer, pick, shuffle, uniform } from './draw';
export { at, child, type Key } from './key';
