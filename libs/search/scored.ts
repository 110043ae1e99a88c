import type { Problem } from '@asterism/genome';
import { isUserKind } from './datasets/examples';
import { scoredBy } from './metrics';
import type { Catalogue, SuiteTask } from './resolved';
import type { Tier } from './tiers';

type Known = Pick<Catalogue, 'datasets' | 'suiteDatasets' | 'suiteTasks'>;

/** The procedural probes are listed like a dataset of pairs, and are the suite's own tasks. */
const PROBES = 'probes';

/** What a training is scored on: the suite's tasks, and one for each dataset that is the user's. */
export function tasksOf(suite: string, given: readonly string[], catalogue: Known): readonly SuiteTask[] {
  const own = catalogue.suiteDatasets(suite);
  const added = [...new Set(given)].flatMap((name) => {
    const kind = catalogue.datasets.find((dataset) => dataset.name === name)?.kind;
    if (kind === undefined || name === PROBES || own.includes(name)) return [];
    if (isUserKind(kind)) return [{ id: `${kind}:${name}`, family: 'user', counts: true }];
    // A text joins the suite's own text family; a suite without has no share that it could join.
    return kind === 'text' && own.length > 0 ? [{ id: `text:${name}`, family: 'text', counts: false }] : [];
  });
  return [...added, ...catalogue.suiteTasks(suite)];
}

/** The weighted form of quality, asked of a suite whose weights are not measured. */
export function unweighted(
  metric: string,
  pointer: string,
  { suite, suiteVersion }: Pick<Tier, 'suite' | 'suiteVersion'>,
  catalogue: Pick<Catalogue, 'isWeighted'>,
): Problem | undefined {
  if (metric !== 'qualityWeighted' || catalogue.isWeighted(suite, suiteVersion)) return undefined;
  const message = `version ${suiteVersion} of suite ${suite} has no weights by signal-to-noise`;
  return { pointer, code: 'no-weights', message, allowed: 'quality' };
}

/** A metric that is the score of a task or family which the trial does not have. */
export function unknownScore(
  metric: string,
  pointer: string,
  suite: string,
  given: readonly string[],
  catalogue: Known,
): Problem | undefined {
  const scored = scoredBy(metric);
  if (scored === undefined) return undefined;
  const tasks = tasksOf(suite, given, catalogue);
  const names =
    scored.group === 'tasks'
      ? tasks.map(({ id }) => id)
      : tasks.filter(({ counts }) => counts).map(({ family }) => family);
  if (names.includes(scored.id)) return undefined;
  const noun = scored.group === 'tasks' ? 'task' : 'family that counts';
  return {
    pointer,
    code: 'unknown-score',
    message: `suite ${suite} over ${given.join(', ')} has no ${noun} called ${scored.id}`,
    allowed: [...new Set(names)].map((name) => `${scored.group}.${name}`).join(', '),
  };
}
