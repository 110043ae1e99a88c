import type { CandidateDetail, Evaluation, EvaluationScored, TaskScore } from '@asterism/contracts';

type Scored = Evaluation & { readonly outcome: EvaluationScored };

/** The evaluation whose checkpoint is taken home: the candidate's own, else another of the same trial genome. */
export function scoredOf({ evaluations }: Pick<CandidateDetail, 'evaluations'>): Scored | undefined {
  return evaluations.find((one): one is Scored => one.outcome?.status === 'scored');
}

/** `card.md` of a pulled model: first that the weights are those of the trial genome, then what was measured and how. */
export function modelCard(candidate: CandidateDetail, { outcome, ...evaluation }: Scored): string {
  const pieces =
    outcome.accumulate === undefined
      ? []
      : [`each step was computed in ${outcome.accumulate} pieces: whole it did not fit the memory limit`];
  const facts = [
    `backbone: ${candidate.code}`,
    `genome hash (trial): ${candidate.trialHash}`,
    `genome hash (deployment): ${candidate.genomeHash}`,
    `search: ${candidate.searchName} (${candidate.searchId}), candidate ${candidate.n}`,
    `suite ${outcome.suite} ${outcome.suiteVersion}, split ${evaluation.split}, replicate ${evaluation.replicate}, seed ${outcome.seed}, ${outcome.tokens} tokens`,
    `numeric class ${outcome.numericClass}`,
    ...pieces,
    confirmation(candidate),
  ];
  const values = Object.entries(candidate.values).map(
    ([metric, value]) => `| ${metric} | ${digits(value)} |`,
  );
  return `# ${candidate.name ?? candidate.code}

**These are the weights of the trial genome (\`genome.json\`), trained at tier \`${evaluation.tier}\`: a small model that was scored.
The candidate itself (\`deployment.json\`) has the same backbone at deployment size and was not trained; its costs below are of that size.**

${facts.map((fact) => `- ${fact}`).join('\n')}

| metric | value |
|---|---|
${values.join('\n')}

| task | n | accuracy | chance | score | 95 % interval |
|---|---|---|---|---|---|
${outcome.tasks.map(taskLine).join('\n')}
`;
}

/** Quality on the split that the search never saw, beside the tables, which are of the one that it saw. */
function confirmation({ evaluations }: Pick<CandidateDetail, 'evaluations'>): string {
  const values = evaluations.flatMap(({ split, outcome }) =>
    split === 'report' && outcome?.status === 'scored' ? [outcome.quality.value] : [],
  );
  if (values.length === 0) return 'not confirmed: scores are of the select split, which the search saw';
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const seeds = values.length === 1 ? 'one fresh seed' : `${values.length} fresh seeds`;
  return `confirmed: quality ${digits(mean)} on the report split, ${seeds}; the tables are of the select split, which the search saw`;
}

function taskLine({ id, n, accuracy, chance, score, low, high, error }: TaskScore): string {
  if (error !== undefined) return `| ${id} | failed: ${error.replaceAll('|', '\\|')} | | | | |`;
  return `| ${id} | ${n} | ${digits(accuracy)} | ${digits(chance)} | ${digits(score)} | ${digits(low)} to ${digits(high)} |`;
}

/** Six significant digits: a record, not a display. */
const digits = (value: number | undefined): string =>
  value === undefined ? '–' : String(Number(value.toPrecision(6)));
