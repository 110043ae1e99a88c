import type * as contracts from '@asterism/contracts';

/**
 * What the API answers, as the contracts define it. Types only: no validator travels to the browser, because
 * the server has already parsed what it sends.
 */
export type {
  CandidatePoints,
  CandidateState,
  CurveSet,
  Difference,
  EffectiveContext,
  Evaluation,
  HypervolumeHistory,
  JournalEvent,
  Origin,
  Profile,
  ScoreBoard,
  ScoredItem,
  ScoreSheet,
  SearchDetail,
  SearchState,
  SearchSummary,
  TaskColumn,
  TaskScore,
} from '@asterism/contracts';

export type Objective = Pick<contracts.ObjectiveView, 'metric' | 'direction'>;
export type Direction = Objective['direction'];
export type EvaluationScored = contracts.EvaluationScored;
export type ProfileMeasured = contracts.ProfileMeasured;
export type CurvePoint = contracts.CurveSet['items'][number]['curve'][number];
export type Family = 'attention' | 'convolution' | 'recurrence' | 'memoryless' | 'mixture';
/** Low and high end of a 95 % interval; contracts write pairs as arrays of two. */
export type Interval = readonly [low: number, high: number];

/** One LIV of a backbone; shares are of the whole backbone. */
export type Cell = Readonly<Omit<contracts.Cell, 'family' | 'paramsShare'>> & {
  readonly family: Family;
  readonly paramsShare?: number;
  /** Share of the measured time; there once a profile is broken down by operator. */
  readonly timeShare?: number;
};

type WithCells<T extends { backbone: contracts.Cell[] }> = Readonly<Omit<T, 'backbone'>> & {
  readonly backbone: readonly Cell[];
};

export type CandidateRow = Omit<WithCells<contracts.CandidateRow>, 'values' | 'intervals'> & {
  readonly values: Readonly<Record<string, number | undefined>>;
  readonly intervals: Readonly<Record<string, Interval | undefined>>;
};

/** Numbers that a cache holds, by kind. */
export interface CacheElements {
  readonly kv: number;
  readonly fir: number;
  readonly recurrent: number;
  readonly history: number;
}

/** The estimate of a genome at deployment size, as `asterism estimate` writes it. */
export interface Estimate {
  readonly params: number;
  readonly paramsNonEmbedding?: number;
  readonly paramsActive?: number;
  readonly weightBytes?: Readonly<Record<string, number>>;
  readonly cacheBytes?: number;
  readonly cacheElements?: CacheElements;
  readonly stateBytes?: number;
  readonly flopsPerToken?: Readonly<Record<string, number>>;
}

export type CandidateDetail = CandidateRow &
  Readonly<Omit<contracts.CandidateDetail, keyof contracts.CandidateRow | 'estimate' | 'parentRows'>> & {
    readonly estimate: Estimate;
    readonly parentRows: readonly CandidateRow[];
  };

export type GenomeSummary = WithCells<contracts.GenomeSummary>;
export type GenomeDetail = Omit<WithCells<contracts.GenomeDetail>, 'estimate'> & {
  readonly estimate: Estimate;
};

export interface Page<T> {
  readonly items: readonly T[];
  readonly next?: string | null;
  readonly total?: number;
}
