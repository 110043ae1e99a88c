import { hypervolume } from '@asterism/pareto';
import type { CandidatePoints, HypervolumeHistory, Objective } from '../../shared/api/types';

interface OverlayInput {
  readonly objectives: readonly Objective[];
  readonly reference: Readonly<Record<string, number>>;
  readonly own: HypervolumeHistory;
  readonly mine: CandidatePoints;
  readonly theirs: CandidatePoints;
  readonly times: HypervolumeHistory | undefined;
}

/** Exact volumes in several dimensions are dear; a curve needs no more steps than it has pixels. */
const MOST_STEPS = 60;

/**
 * Hypervolume of another search over its admitted results, up to this search's reference point and in its
 * units: a rescaled axis scales every volume by the same factor, so one known volume gives that factor.
 */
export function overlaySteps({
  objectives,
  reference,
  own,
  mine,
  theirs,
  times,
}: OverlayInput): HypervolumeHistory['items'] {
  const corner = objectives.map(({ metric, direction }) => signed(direction) * reference[metric]!);
  const volume = (columns: CandidatePoints, count: number) =>
    hypervolume(feasible(columns, objectives, count), corner);
  const last = own.items.at(-1);
  const raw = volume(mine, mine.n.length);
  if (last === undefined || raw === 0) return [];
  const factor = last.hypervolume / raw;
  const stride = Math.max(1, Math.ceil(theirs.n.length / MOST_STEPS));
  const counts = [...new Set([...range(stride, theirs.n.length, stride), theirs.n.length])];
  return counts.map((n) => ({ n, seconds: secondsAt(times, n), hypervolume: volume(theirs, n) * factor }));
}

const signed = (direction: Objective['direction']) => (direction === 'minimize' ? 1 : -1);

function range(from: number, to: number, step: number): number[] {
  return Array.from({ length: Math.max(0, Math.floor((to - from) / step) + 1) }, (_, i) => from + i * step);
}

function feasible(columns: CandidatePoints, objectives: readonly Objective[], count: number): number[][] {
  const found: number[][] = [];
  for (let i = 0; i < count; i += 1) {
    const values = objectives.map(({ metric }) => columns.values[metric]?.[i] ?? null);
    if (columns.state[i] !== 'finished' || values.includes(null)) continue;
    found.push(objectives.map(({ direction }, k) => signed(direction) * values[k]!));
  }
  return found;
}

function secondsAt(times: HypervolumeHistory | undefined, n: number): number {
  return times?.items.findLast((item) => item.n <= n)?.seconds ?? 0;
}
