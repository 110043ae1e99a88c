import type { CandidateDetail, Evaluation } from '@asterism/contracts';
import { measure, number } from './output/format';

/** `card.md`: says first that the weights are those of the trial genome, then what was measured and how. */
export function modelCard(candidate: CandidateDetail, evaluation: Evaluation): string {
  const { outcome } = evaluation;
  if (outcome?.status !== 'scored') throw new Error(`${evaluation.id} is not scored`);
  const values = Object.entries(candidate.values).map(
    ([metric, value]) => `| ${metric} | ${measure(metric, value)} |`,
  );
  const tasks = outcome.tasks.map(
    (task) =>
      `| ${task.id} | ${task.n} | ${number(task.accuracy)} | ${number(task.chance)} | ${number(task.score)} | ${number(task.low)} to ${number(task.high)} |`,
  );
  return `# ${candidate.name ?? candidate.code}

**These are the weights of the trial genome (\`genome.json\`), trained at tier \`${evaluation.tier}\`: a small model that was scored.
The candidate itself (\`deployment.json\`) has the same backbone at deployment size and was not trained; its costs below are of that size.**

- backbone: ${candidate.code}
- genome hash (trial): ${candidate.trialHash}
- genome hash (deployment): ${candidate.genomeHash}
- search: ${candidate.searchName} (${candidate.searchId}), candidate ${candidate.n}
- suite ${outcome.suiteVersion}, split ${evaluation.split}, replicate ${evaluation.replicate}, seed ${outcome.seed}, ${number(outcome.tokens)} tokens
- ${candidate.confirmed ? 'confirmed on the report split' : 'not confirmed: scores are of the select split, which the search saw'}

| metric | value |
|---|---|
${values.join('\n')}

| task | n | accuracy | chance | score | 95 % interval |
|---|---|---|---|---|---|
${tasks.join('\n')}
`;
}
