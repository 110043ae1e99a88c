import type { Tally } from '@asterism/scores/verdicts';

/** What counts of better and worse tasks are worth: how many chance alone would give. */
export function chanceWords(tallies: readonly Tally[]): string {
  const told = tallies.filter(({ byChance }) => byChance !== null);
  const silent =
    told.length < tallies.length
      ? 'Where the seed noise of tasks is unknown none can be told apart; asterism compare --seeds trains more.'
      : '';
  const [first] = told;
  if (first === undefined) return silent;
  const same = told.every(({ of }) => of === first.of);
  const head = same ? `Of ${first.of} tasks about ${first.byChance}` : 'Of all tasks about one in twenty';
  return `${head} differ by chance at 95 %, better and worse together, where nothing differs: counts near that are no evidence. ${silent}`.trim();
}
