import { refuse, succeed, type Result } from '@asterism/genome';

/** Where a search may go from each state. `closing`: cancelled, while running work ends. */
export const searchMoves = {
  waiting: ['running', 'paused', 'closing', 'cancelled', 'failed'],
  running: ['waiting', 'paused', 'closing', 'finished', 'failed'],
  paused: ['running', 'waiting', 'closing', 'cancelled'],
  closing: ['cancelled', 'finished', 'failed'],
  finished: [],
  cancelled: [],
  failed: [],
} as const satisfies Record<string, readonly string[]>;

/** Where a candidate may go; work that is lost or handed back is queued again. */
export const candidateMoves = {
  queued: ['profiling', 'training', 'finished', 'infeasible', 'failed', 'cancelled'],
  profiling: ['queued', 'training', 'finished', 'infeasible', 'failed', 'cancelled'],
  training: ['queued', 'profiling', 'finished', 'infeasible', 'failed', 'cancelled'],
  finished: [],
  infeasible: [],
  failed: [],
  cancelled: [],
} as const satisfies Record<string, readonly string[]>;

export type SearchPhase = keyof typeof searchMoves;
export type CandidatePhase = keyof typeof candidateMoves;

/** Every legal history on one screen; `move` is the one function that follows it. */
export const moves = { search: searchMoves, candidate: candidateMoves } as const;

/** The new state, or a refusal that says what is allowed. Staying where one is, is no move and always fine. */
export function move<T extends string>(
  table: Readonly<Record<T, readonly string[]>>,
  from: T,
  to: T,
): Result<T> {
  const allowed = table[from];
  if (from === to || allowed.includes(to)) return succeed(to);
  const list = allowed.length > 0 ? allowed.join(', ') : 'nothing: it has ended';
  return refuse([
    { pointer: '/state', code: 'illegal-move', message: `cannot go from ${from} to ${to}`, allowed: list },
  ]);
}
