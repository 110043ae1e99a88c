import { createHash } from 'node:crypto';
import { canonicalJson } from '@asterism/genome';
import type { ResolvedSearch } from './resolved';
import { namedMetrics } from './values';

/** What has to be measured on one target. */
export interface ProfilePlan {
  readonly selector: string;
  /** Depths of the filled cache, ascending; at least two, so that slope and offset can be told apart. */
  readonly contexts: readonly number[];
  readonly prefillLengths: readonly number[];
}

const DEFAULT_PREFILL = [256, 1024];

/** The profiles that the objectives and constraints need, one for each target. */
export function profilePlans(search: ResolvedSearch): readonly ProfilePlan[] {
  const measured = namedMetrics(search).filter(({ source }) => source === 'profile');
  return search.targets.map(({ selector }) => {
    const mine = measured.filter(({ target }) => target === selector);
    const isPrefill = ({ name }: { readonly name: string }): boolean => name.startsWith('prefill');
    const depths = mine.filter((metric) => !isPrefill(metric)).map(({ context }) => context!);
    const prompts = mine.filter(isPrefill).map(({ context }) => context!);
    return {
      selector,
      contexts: withSecond(depths.length > 0 ? depths : [search.deployment.context]),
      prefillLengths: withSecond(prompts.length > 0 ? prompts : DEFAULT_PREFILL),
    };
  });
}

/** Ascending and each once; a quarter of the only one as the second length. */
function withSecond(lengths: readonly number[]): readonly number[] {
  const sorted = [...new Set(lengths)].sort((a, b) => a - b);
  return sorted.length > 1 ? sorted : [...new Set([Math.max(1, Math.floor(sorted[0]! / 4)), ...sorted])];
}

/** What makes two trainings the same. */
export interface MemoParts {
  readonly trialHash: string;
  readonly tier: string;
  readonly suite: string;
  readonly suiteVersion: string;
  /** SHA-256 of the datasets; order does not matter. */
  readonly datasets: readonly string[];
  readonly trainerVersion: string;
  readonly numericClass: string;
  readonly replicate: number;
}

/** Identity of a training, 64 hexadecimal digits: equal keys share one evaluation row. */
export function memoKeyOf(parts: MemoParts): string {
  const text = canonicalJson({ ...parts, datasets: [...parts.datasets].sort() });
  return createHash('sha256').update(text).digest('hex');
}

/** The memo key of one candidate of a search. */
export function memoKey(search: ResolvedSearch, trialHash: string, replicate: number): string {
  const { tier, datasets, trainerVersion, numericClass } = search;
  if (numericClass === undefined)
    throw new Error('a search has its numeric class before anything is trained');
  return memoKeyOf({
    trialHash,
    tier: tier.name,
    suite: tier.suite,
    suiteVersion: tier.suiteVersion,
    datasets: datasets.map(({ sha256 }) => sha256),
    trainerVersion,
    numericClass,
    replicate,
  });
}
