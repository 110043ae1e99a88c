import type { Genome, Space } from '@asterism/genome';
import type { UserData } from './datasets/facts';
import type { Direction, Metric } from './metrics';
import type { SearchSpec } from './spec';
import type { Tier } from './tiers';

/** One objective of a search. */
export interface Objective extends Metric {
  readonly direction: Direction;
}

/** A hard limit on one metric. */
export interface Constraint extends Metric {
  readonly atMost?: number;
  readonly atLeast?: number;
}

/** One architecture at its three sizes, each in normal form. */
export interface Derived {
  /** At the space's size: what variation works on. */
  readonly motif: Genome;
  /** At deployment size: what costs are estimated and profiled for. */
  readonly genome: Genome;
  /** At the tier's size: what is trained and scored. */
  readonly trialGenome: Genome;
}

/** A start or baseline with the name it was given by. */
export interface NamedGenome extends Derived {
  readonly name: string;
}

/** A dataset as the spec names it and as it is known. */
export interface DatasetPin {
  readonly name: string;
  readonly kind: string;
  readonly sha256: string;
}

/** The device model that a target selector stands for in this search. */
export interface TargetPin {
  readonly selector: string;
  /** `<device model>/<runtime>/<quantization>`; absent until a worker that serves it is known. */
  readonly resolved?: string;
}

/** Everything the engine needs, fixed once: the content of the `created` event. */
export interface ResolvedSearch {
  readonly format: 1;
  readonly name: string;
  readonly seed: number;
  /** The space, written out in full. */
  readonly space: Space;
  readonly starts: readonly NamedGenome[];
  readonly baselines: readonly NamedGenome[];
  readonly tier: Tier;
  readonly deployment: SearchSpec['deployment'];
  readonly objectives: readonly Objective[];
  readonly constraints: readonly Constraint[];
  readonly engine: SearchSpec['engine'];
  /** Decisions the budget pays for. */
  readonly budget: number;
  /** L: decision n waits for the results of decisions up to n − L. */
  readonly lag: number;
  /** Decisions of the initial design: starts, baselines, stratified random ones. */
  readonly initial: number;
  readonly referencePoint?: Readonly<Record<string, number>>;
  readonly datasets: readonly DatasetPin[];
  readonly targets: readonly TargetPin[];
  readonly trainerVersion: string;
  /** Trainings of other numeric classes are not comparable bit for bit; absent until a worker is known. */
  readonly numericClass?: string;
  readonly reuse: boolean;
}

/** A task as objectives may name it. */
export interface SuiteTask {
  readonly id: string;
  readonly family: string;
  readonly counts: boolean;
}

/** What the spec's names stand for at the moment; looked up by the caller, so that resolving stays pure. */
export interface Catalogue {
  /** File of the genome library (`{ genome, meta }`) by name, or undefined. */
  genome(name: string): unknown;
  /** File of the space library by name, or undefined. */
  space(name: string): unknown;
  readonly genomeNames: readonly string[];
  readonly spaceNames: readonly string[];
  readonly datasets: readonly DatasetPin[];
  /** Names of the datasets that the tasks of a suite read. */
  suiteDatasets(suite: string): readonly string[];
  /** The tasks of a suite; a family has a score when one of its tasks counts. */
  suiteTasks(suite: string): readonly SuiteTask[];
  /** Whether weights by signal-to-noise are in effect for this version of a suite. */
  isWeighted(suite: string, version: string): boolean;
  /** What is known of pairs, choices and series; undefined for text, and where the bytes are gone. */
  userData(name: string): UserData | undefined;
  /** Selectors that are known, resolved where a live worker serves them. */
  readonly targets: readonly TargetPin[];
  readonly trainerVersion: string;
  readonly numericClass?: string;
}
