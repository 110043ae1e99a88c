/** What the API answers, as far as the dashboard reads it. */

export type Direction = 'maximize' | 'minimize';
export interface Objective {
  readonly metric: string;
  readonly direction: Direction;
  readonly unit?: string;
}

export type SearchState = 'queued' | 'running' | 'paused' | 'waiting' | 'finished' | 'cancelled' | 'failed';

export interface SearchSummary {
  readonly id: string;
  readonly name: string;
  readonly state: SearchState;
  readonly progress: { readonly decided: number; readonly admitted: number; readonly budget: number };
  readonly objectives: readonly Objective[];
  readonly hypervolume: number | null;
  readonly hypervolumeSpark: readonly number[];
  readonly frontSize: number;
  readonly best: Readonly<Record<string, number>>;
  readonly secondsLeft: number | null;
  readonly workers: number;
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly finishedAt: string | null;
  readonly waitingFor?: string | null;
}

export interface NamedPoint {
  readonly n: number;
  readonly id: string;
  readonly name: string | null;
}

export interface SearchDetail extends SearchSummary {
  readonly spec: unknown;
  readonly resolved?: {
    readonly target?: string | null;
    readonly referencePoint?: Readonly<Record<string, number>> | readonly number[] | null;
    readonly numericClass?: string | null;
    readonly tier?: string;
  };
  readonly baselines: readonly NamedPoint[];
}

export type Family = 'attention' | 'convolution' | 'recurrence' | 'memoryless' | 'mixture';

/** One LIV of a backbone, in reading order; shares are of the whole backbone and add up to at most 1. */
export interface Cell {
  readonly kind: string;
  readonly family: Family;
  readonly label: string;
  readonly letter?: string;
  readonly paramsShare?: number;
  readonly timeShare?: number;
  readonly cacheShare?: number;
  readonly weightsGroup?: number | null;
  readonly valuesGroup?: number | null;
}

export type Origin = 'start' | 'baseline' | 'initial' | 'variation' | 'random';
export type CandidateState =
  'queued' | 'profiling' | 'training' | 'finished' | 'infeasible' | 'failed' | 'cancelled';
export type Interval = readonly [low: number, high: number];

export interface CandidateRow {
  readonly id: string;
  readonly n: number;
  readonly name: string | null;
  readonly origin: Origin;
  readonly state: CandidateState;
  readonly class?: string | null;
  readonly genomeHash: string;
  readonly trialHash: string;
  readonly code: string;
  readonly backbone: readonly Cell[];
  readonly values: Readonly<Record<string, number | null>>;
  readonly intervals: Readonly<Record<string, Interval | null>>;
  readonly onFront: boolean;
  readonly rank: number | null;
  readonly parents: readonly number[];
  readonly evaluationId: string | null;
  readonly profileIds: readonly string[];
  readonly confirmed: boolean;
  readonly createdAt: string;
  readonly finishedAt: string | null;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
  readonly total?: number;
}

/** All candidates of a search, one array per field, ordered by n. */
export interface CandidatePoints {
  readonly n: readonly number[];
  readonly id: readonly string[];
  readonly name: readonly (string | null)[];
  readonly origin: readonly Origin[];
  readonly state: readonly CandidateState[];
  readonly onFront: readonly boolean[];
  readonly confirmed: readonly boolean[];
  readonly values: Readonly<Record<string, readonly (number | null)[]>>;
  readonly intervals: Readonly<Record<string, readonly (Interval | null)[]>>;
}

export interface HypervolumeHistory {
  readonly referencePoint: Readonly<Record<string, number>> | readonly number[] | null;
  readonly items: readonly { readonly n: number; readonly seconds: number; readonly hypervolume: number }[];
}

export interface CurvePoint {
  readonly fraction: number;
  readonly tokens?: number;
  readonly quality: number;
}

export interface TaskScore {
  readonly id: string;
  readonly family: string;
  readonly n: number;
  readonly accuracy: number | null;
  readonly nll: number | null;
  readonly chance: number | null;
  readonly score: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly error?: string | null;
}

export interface FamilyScore {
  readonly score: number;
  readonly low: number;
  readonly high: number;
}

export interface EvaluationOutcome {
  readonly status: 'scored' | 'failed';
  readonly class?: string;
  readonly reason?: string;
  readonly suite?: string;
  readonly suiteVersion?: string | number;
  readonly tasks?: readonly TaskScore[];
  readonly families?: Readonly<Record<string, FamilyScore>>;
  readonly quality?: { readonly value: number; readonly low: number; readonly high: number };
  readonly qualityBinding?: number | null;
  readonly curve?: readonly CurvePoint[];
  readonly tokens?: number;
  readonly steps?: number;
  readonly parameters?: number;
  readonly cpuSeconds?: { readonly data: number; readonly train: number; readonly score: number };
  readonly wallSeconds?: number;
  readonly device?: string;
  readonly numericClass?: string;
  readonly artifacts?: Readonly<Record<string, string | null>>;
}

export interface Evaluation {
  readonly id: string;
  readonly state: string;
  readonly genomeHash: string;
  readonly tier: string;
  readonly suite: string;
  readonly suiteVersion: string | number;
  readonly replicate: number;
  readonly split?: string;
  readonly progress?: { readonly phase: string; readonly step: number; readonly steps: number } | null;
  readonly createdAt: string;
  readonly finishedAt?: string | null;
  readonly outcome?: EvaluationOutcome | null;
}

export interface ProfileOutcome {
  readonly status: 'measured' | 'failed';
  readonly class?: string;
  readonly reason?: string;
  readonly target?: string;
  readonly metrics?: Readonly<Record<string, number>>;
  readonly intervals?: Readonly<Record<string, Interval>>;
  readonly ratioToYardstick?: Readonly<Record<string, number>>;
  readonly settled?: boolean;
  readonly contended?: boolean;
  readonly undecided?: boolean;
  readonly artifacts?: Readonly<Record<string, string | null>>;
  readonly wallSeconds?: number;
}

export interface Profile {
  readonly id: string;
  readonly state: string;
  readonly genomeHash: string;
  readonly target: string;
  readonly createdAt: string;
  readonly outcome?: ProfileOutcome | null;
}

export interface Estimate {
  readonly params: number;
  readonly paramsNonEmbedding?: number;
  readonly paramsActive?: number;
  readonly weightBytes?: Readonly<Record<string, number>>;
  readonly cacheBytes?: number;
  readonly stateBytes?: number;
  readonly flopsPerToken?: Readonly<Record<string, number>>;
}

export interface CandidateDetail extends CandidateRow {
  readonly searchId: string;
  readonly searchName: string;
  readonly objectives: readonly Objective[];
  readonly genome: unknown;
  readonly trialGenome: unknown;
  readonly estimate: Estimate;
  readonly evaluations: readonly Evaluation[];
  readonly profiles: readonly Profile[];
  readonly parentRows?: readonly CandidateRow[];
  readonly changes?: readonly string[];
}

export interface CurveSet {
  readonly items: readonly {
    readonly n: number;
    readonly id: string;
    readonly curve: readonly CurvePoint[];
  }[];
}

export interface GenomeSummary {
  readonly name: string;
  readonly label?: string;
  readonly params?: number;
  readonly backbone?: readonly Cell[];
  readonly nano?: boolean;
  readonly note?: string;
}

export interface GenomeDetail extends GenomeSummary {
  readonly genome: unknown;
  readonly estimate?: Estimate;
}
