import { z } from 'zod';
import { genomeSchema } from './schema';

/** Lets the generated Python report one error for a wrong kind (not one for each kind), and plain integers. */
export function contractOverride(context: {
  zodSchema: z.core.$ZodTypes;
  jsonSchema: z.core.JSONSchema.BaseSchema;
}): void {
  const { zodSchema, jsonSchema } = context;
  if (zodSchema._zod.def.type === 'union' && 'discriminator' in zodSchema._zod.def)
    Object.assign(jsonSchema, {
      discriminator: { propertyName: (zodSchema._zod.def as { discriminator: string }).discriminator },
    });
  if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
  if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
}

/** JSON Schema (2020-12) of a genome; `output` has every default filled, as in normal form. */
export function genomeJsonSchema(io: 'input' | 'output' = 'output'): Readonly<Record<string, unknown>> {
  return { title: 'Genome', ...z.toJSONSchema(genomeSchema, { io, override: contractOverride }) };
}
