import type { Problem } from '@asterism/genome';
import { lackOf } from './datasets/facts';
import type { Catalogue } from './resolved';
import type { Tier } from './tiers';

const remedies = new Map([
  ['docs', '`asterism dataset install docs` writes and registers it'],
  ['docs-languages', '`asterism dataset install docs --languages` writes and registers it'],
  ['stdlib', '`npm start` writes and registers it'],
  ['udhr', '`npm start` writes and registers it'],
]);

/** What is said of a name that no dataset has, with the command that installs it where there is one. */
export function noDataset(name: string): string {
  const remedy = remedies.get(name);
  return `no dataset is called ${name}${remedy === undefined ? '' : `; ${remedy}`}`;
}

/** Trials read bytes: their vocabulary is the tier's. A dataset with a tokenizer is for `python -m asterism train`. */
export function tokensInTrial(
  pointer: string,
  { name, kind }: Catalogue['datasets'][number],
  names: readonly string[],
): Problem | undefined {
  if (kind !== 'tokens') return undefined;
  const message = `${name} is written with a tokenizer, and a tier fixes the vocabulary; trials read bytes`;
  return { pointer, code: 'tokens-in-trial', message, allowed: names.join(', ') };
}

/** A suite whose datasets are not all there would refuse every candidate, one after the other. */
export function missingDatasets(
  pointer: string,
  tier: Pick<Tier, 'name' | 'suite'>,
  given: readonly string[],
  catalogue: Pick<Catalogue, 'suiteDatasets'>,
): Problem[] {
  const needed = catalogue.suiteDatasets(tier.suite);
  const missing = needed.filter((name) => !given.includes(name));
  if (missing.length === 0) return [];
  return [
    {
      pointer,
      code: 'missing-dataset',
      message: `tier ${tier.name} is scored on suite ${tier.suite}, which reads ${missing.join(' and ')} too`,
      allowed: `a list with ${needed.join(', ')} in it`,
    },
  ];
}

/** Pairs, choices and series of which the tier would have too little to train on or to score. */
export function lackingDatasets(
  pointer: string,
  { name: tier, context }: Pick<Tier, 'name' | 'context'>,
  given: readonly string[],
  catalogue: Pick<Catalogue, 'userData'>,
): Problem[] {
  return given.flatMap((name, at) => {
    const data = catalogue.userData(name);
    const lack = data && lackOf(data, context);
    if (lack === undefined) return [];
    const message = `${name} is too small for tier ${tier}: ${lack.message}`;
    return [{ pointer: `${pointer}/${at}`, code: 'too-few-examples', message, allowed: lack.needed }];
  });
}
