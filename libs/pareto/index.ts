/** Multi-objective comparison, all objectives minimised; exact, pure, and blind to the order of its input. */
export { Archive, type ArchiveEntry } from './archive';
export { constrainedDominates, constrainedRanks, type Constrained } from './constrained';
export { contributions } from './contributions';
export { crowding } from './crowding';
export { compareLexicographically, dominates, type Point } from './dominance';
export { hypervolume } from './hypervolume';
export { nonDominated, nonDominatedRanks } from './ranks';
