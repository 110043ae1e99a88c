import { refuse, succeed, toPointer, type Result } from '@asterism/genome';
import { z } from 'zod';

/** A user's data that becomes a task: prompts with answers, questions with choices, series of numbers. */
export const userKinds = ['pairs', 'choices', 'series'] as const;
export type UserKind = (typeof userKinds)[number];

const text = z.string().min(1);

const pairSchema = z.strictObject({ prompt: text, answer: text });
const choiceSchema = z
  .strictObject({ prompt: z.string(), choices: z.array(text).min(2).max(64), answer: z.int().min(0) })
  .refine((question) => new Set(question.choices).size === question.choices.length, {
    path: ['choices'],
    message: 'two choices are the same',
  })
  .refine((question) => question.answer < question.choices.length, {
    path: ['answer'],
    message: 'no choice has this index; the first is 0',
  });
const seriesSchema = z.strictObject({ name: text, values: z.array(z.number()).min(1) });

export type Pair = z.infer<typeof pairSchema>;
export type Choice = z.infer<typeof choiceSchema>;
export type Series = z.infer<typeof seriesSchema>;
export type Example = Pair | Choice | Series;

const schemas = { pairs: pairSchema, choices: choiceSchema, series: seriesSchema } as const;

/** What a line must be, for people. */
export const exampleShapes: Readonly<Record<UserKind, string>> = {
  pairs: '{"prompt", "answer"}',
  choices: '{"prompt", "choices": [...], "answer": index}',
  series: '{"name", "values": [...]}',
};

export const isUserKind = (kind: string): kind is UserKind => userKinds.some((known) => known === kind);

/** One line's JSON as an example of its kind; the pointer says which field is wrong. */
export function parseExample(kind: UserKind, json: unknown): Result<Example> {
  const parsed = schemas[kind].safeParse(json);
  if (parsed.success) return succeed(parsed.data);
  return refuse(
    parsed.error.issues.flatMap((issue) =>
      issue.code === 'unrecognized_keys'
        ? issue.keys.map((key) => ({
            pointer: toPointer([...issue.path, key]),
            code: 'unknown-key',
            message: `unknown field ${key}`,
            allowed: exampleShapes[kind],
          }))
        : [
            {
              pointer: toPointer(issue.path),
              code: 'invalid',
              message: issue.message,
              allowed: exampleShapes[kind],
            },
          ],
    ),
  );
}

/** The first line of the file that the service keeps. */
export const headerOf = (kind: UserKind): string => JSON.stringify({ dataset: kind, format: 1 });

/** The same examples in whatever order are the same bytes: sorted, each once, below a header. */
export function encodeExamples(kind: UserKind, examples: readonly Example[]): string {
  const lines = [...new Set(examples.map((example) => JSON.stringify(example)))].sort();
  return [headerOf(kind), ...lines, ''].join('\n');
}
