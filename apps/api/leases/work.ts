import { createHash } from 'node:crypto';
import type {
  EvaluationOutcome,
  EvaluationWork,
  ProfileOutcome,
  ProfileWork,
  Progress,
  ResultReceipt,
  ResumePoint,
} from '@asterism/contracts';
import { canonicalJson } from '@asterism/genome';

export type WorkKind = 'evaluation' | 'profile';
/**
 * Held work is queued when its search may have it; queued work runs, is held again or is cancelled; running work ends,
 * or is queued again when its lease or its worker is lost. Cancelled work may be asked for again, ended work stays.
 */
export type WorkState = 'held' | 'queued' | 'running' | 'finished' | 'failed' | 'cancelled';
export type Outcome = EvaluationOutcome | ProfileOutcome;

/** A row of evaluation or profile as the rest of the API sees it. */
export interface WorkRow {
  readonly id: string;
  readonly kind: WorkKind;
  readonly memoKey: string;
  readonly state: WorkState;
  readonly queue: string;
  readonly genomeHash: string;
  readonly target: string;
  readonly numericClass: string | null;
  readonly work: EvaluationWork | ProfileWork;
  readonly dispatch: number;
  readonly epoch: number;
  readonly leaseUntil: Date | null;
  readonly workerId: string | null;
  readonly losses: number;
  readonly crashes: number;
  readonly transients: number;
  readonly outOfMemory: number;
  readonly crashStep: number | null;
  readonly progress: Progress | null;
  readonly resume: ResumePoint | null;
  readonly outcome: Outcome | null;
  readonly class: string | null;
  readonly resultEpoch: number | null;
  readonly resultHash: string | null;
  readonly receipt: ResultReceipt | null;
  readonly cancelRequested: boolean;
  readonly createdAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

export function hashOutcome(outcome: Outcome): string {
  return createHash('sha256').update(canonicalJson(outcome)).digest('hex');
}
