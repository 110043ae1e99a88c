import { depthProblem, refuse, succeed, toPointer, type Problem, type Result } from '@asterism/genome';
import { z } from 'zod';
import { parseMetric } from './metrics';
import { tierNames } from './tiers';

const label = z.string().min(1).max(120);
const metric = z.string().min(1).max(160);
const finite = z.number();

/** A library name, or a genome written out (checked by libs/genome, with pointers, when the spec is resolved). */
const genomeReference = z.union([label, z.record(z.string(), z.unknown())]);

const trialSchema = z.strictObject({
  /** Trial size, suite, tokens and steps. */
  tier: z.enum(tierNames),
  /** Another suite of the tier than its own, such as `nano-1`. */
  suite: label.optional(),
  /** Registered datasets, by name. */
  datasets: z.array(label).min(1).max(16).default(['probes', 'stdlib', 'udhr']),
});

const deploymentSchema = z
  .strictObject({
    /** Total parameters to meet within 2 %: width first, then FF hidden in steps of 8. */
    parameters: z.int().min(1000).max(1_000_000_000_000).optional(),
    width: z.int().min(8).max(65_536).optional(),
    repeats: z.int().min(1).max(128).default(1),
    vocab: z.int().min(2).max(1_048_576).default(65_536),
    /** Tokens of context that costs are charged at. */
    context: z.int().min(16).max(16_777_216).default(4096),
    tiedEmbeddings: z.boolean().default(true),
  })
  .refine((d) => (d.parameters === undefined) !== (d.width === undefined), {
    message: 'needs exactly one of parameters and width',
  });

const objectiveSchema = z.union([z.strictObject({ maximize: metric }), z.strictObject({ minimize: metric })]);

const constraintSchema = z
  .strictObject({ metric, atMost: finite.optional(), atLeast: finite.optional() })
  .refine((c) => c.atMost !== undefined || c.atLeast !== undefined, { message: 'needs atMost or atLeast' });

const engineSchema = z.strictObject({
  mode: z.enum(['steady', 'star', 'random']).default('steady'),
  /** Candidates at work at the same time; the lag L is twice this, at most a quarter of the budget. */
  parallelism: z.int().min(1).max(1024).default(2),
  /** Mode `star`: candidates of a generation. */
  population: z.int().min(2).max(1024).default(16),
});

const budgetSchema = z.union([
  z.strictObject({ evaluations: z.int().min(1).max(100_000) }),
  z.strictObject({ tokens: z.int().min(1).max(Number.MAX_SAFE_INTEGER) }),
]);

/** The search file. Unknown keys are refused with their pointer. */
export const specSchema = z.strictObject({
  format: z.literal(1),
  name: label,
  /** A library space, or the space written out. */
  space: z.union([label, z.record(z.string(), z.unknown())]),
  /** Randomness: the same spec, seed and results give the same decisions. */
  seed: z.int().default(0),
  /** Genomes that the search may breed from. */
  start: z.array(genomeReference).max(64).default([]),
  /** Genomes evaluated alike, never bred from, always drawn. */
  baselines: z.array(genomeReference).max(64).default([]),
  trial: trialSchema,
  deployment: deploymentSchema,
  objectives: z.array(objectiveSchema).min(1).max(6),
  constraints: z.array(constraintSchema).max(32).default([]),
  engine: engineSchema.prefault({}),
  budget: budgetSchema,
  /** Worst values the hypervolume counts up to, one for each objective; chosen from the initial design if left out. */
  referencePoint: z.record(metric, finite).optional(),
  /** Take over results of equal work from other searches. */
  reuse: z.boolean().default(true),
});

/** A search as users write it, defaults filled. */
export type SearchSpec = z.output<typeof specSchema>;

/** Any JSON to a spec with its defaults, or every problem with its pointer. */
export function parseSpec(json: unknown): Result<SearchSpec> {
  const deep = depthProblem(json);
  if (deep) return refuse([deep]);
  const parsed = specSchema.safeParse(json);
  if (!parsed.success) return refuse(parsed.error.issues.flatMap((issue) => problemsOfIssue(issue, [])));
  const problems = metricProblems(parsed.data);
  return problems.length > 0 ? refuse(problems) : succeed(parsed.data);
}

/** Metrics are read once here, so that a spelling mistake is found before anything is looked up. */
function metricProblems(spec: SearchSpec): readonly Problem[] {
  const names = spec.objectives.map((objective) => metricOf(objective));
  const named = [
    ...names.map((name, i) => [name, `/objectives/${i}`] as const),
    ...spec.constraints.map(({ metric }, i) => [metric, `/constraints/${i}/metric`] as const),
    ...Object.keys(spec.referencePoint ?? {}).map(
      (name) => [name, toPointer(['referencePoint', name])] as const,
    ),
  ];
  const unknown = named.flatMap(([name, pointer]) => {
    const parsed = parseMetric(name, pointer);
    return parsed.ok ? [] : parsed.problems;
  });
  const twice = names.flatMap((name, i) =>
    names.indexOf(name) < i
      ? [{ pointer: `/objectives/${i}`, code: 'duplicate', message: `${name} is named twice` }]
      : [],
  );
  const given = Object.keys(spec.referencePoint ?? {});
  const incomplete =
    spec.referencePoint === undefined ||
    (given.length === names.length && names.every((name) => given.includes(name)))
      ? []
      : [
          {
            pointer: '/referencePoint',
            code: 'incomplete',
            message: 'needs exactly the objectives',
            allowed: names.join(', '),
          },
        ];
  return [...unknown, ...twice, ...incomplete];
}

/** The metric of an objective, whichever direction it has. */
export function metricOf(objective: SearchSpec['objectives'][number]): string {
  return 'maximize' in objective ? objective.maximize : objective.minimize;
}

/** zod's issue as problems; of a union, the issues of the member that came nearest. */
function problemsOfIssue(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): readonly Problem[] {
  const path = [...base, ...issue.path];
  const pointer = toPointer(path);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => ({
      pointer: toPointer([...path, key]),
      code: 'unknown-key',
      message: `unknown key ${key}`,
    }));
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const nearest = [...issue.errors].sort((a, b) => a.length - b.length)[0]!;
    return nearest.flatMap((inner) => problemsOfIssue(inner, path));
  }
  const allowed = issue.code === 'invalid_value' ? { allowed: issue.values.map(String).join(', ') } : {};
  return [
    {
      pointer,
      code: issue.code === 'custom' ? 'invalid' : issue.code.replaceAll('_', '-'),
      message: issue.message,
      ...allowed,
    },
  ];
}
