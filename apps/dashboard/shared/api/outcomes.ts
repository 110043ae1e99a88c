import type { Evaluation, EvaluationScored, Interval, Profile, ProfileMeasured } from './types';

/** The scores of an evaluation that has them. */
export function scored(evaluation: Evaluation | undefined): EvaluationScored | undefined {
  return evaluation?.outcome?.status === 'scored' ? evaluation.outcome : undefined;
}

/** The figures of a profile that has them. */
export function measured(profile: Profile | undefined): ProfileMeasured | undefined {
  return profile?.outcome?.status === 'measured' ? profile.outcome : undefined;
}

/** A pair as the contracts write it: an array of exactly two. */
export function pair(ends: readonly number[] | null | undefined): Interval | null {
  const [low, high] = ends ?? [];
  return low === undefined || high === undefined ? null : [low, high];
}
