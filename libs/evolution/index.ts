/** What to try next: pure proposals from a view of the population. */
export { stratified } from './initial';
export { bestFirst, type Member } from './order';
export { propose, type Breeding, type PopulationView, type Proposal } from './propose';
export { starPool, steadyPool, tournament } from './selection';
