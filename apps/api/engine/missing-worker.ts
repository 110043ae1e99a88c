import type { ResolvedSearch } from '@asterism/search';
import type { WorkerModel } from '../persistence/generated/models';
import { resolveTarget } from '../workers/workers.service';

/** Why nothing of a search can be worked on now, or undefined: its devices and numeric class are fixed since it began. */
export function missingWorker(search: ResolvedSearch, living: readonly WorkerModel[]): string | undefined {
  const unserved = search.targets.find(
    ({ selector, resolved }) =>
      !living.some(
        (worker) =>
          worker.runtimes.includes(selector) && resolveTarget(selector, worker.cpuModel) === resolved,
      ),
  );
  if (unserved !== undefined) return `no worker for ${unserved.selector}`;
  const able = living.some(({ numericClass }) => numericClass === search.numericClass);
  return able ? undefined : `no worker of the numeric class ${search.numericClass ?? ''}`;
}
