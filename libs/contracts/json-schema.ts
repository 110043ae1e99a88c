import { specSchema } from '@asterism/search';
import { z } from 'zod';
import * as candidate from './http/candidate';
import * as catalogue from './http/catalogue';
import * as problem from './http/problem';
import * as rows from './http/rows';
import * as scores from './http/scores';
import * as search from './http/search';
import * as evaluation from './worker/evaluation';
import * as lease from './worker/lease';
import * as profile from './worker/profile';
import * as register from './worker/register';

export type JsonSchema = Readonly<Record<string, unknown>>;
export type JsonSchemas = Readonly<Record<string, JsonSchema>>;

type Definition = Record<string, unknown>;
const LARGEST = Number.MAX_SAFE_INTEGER;

/** zod marks a discriminated union only as `oneOf`: without the name a wrong tag gives every branch's errors. */
function nameDiscriminator(schema: z.core.$ZodType, json: Definition): void {
  if (schema._zod.def.type !== 'union') return;
  const { discriminator } = schema._zod.def as { discriminator?: string };
  if (discriminator !== undefined) json['discriminator'] = { propertyName: discriminator };
}

/** The ±2⁵³ bounds that every `z.int()` carries and the names of record keys say nothing. */
function dropIdleBounds(json: Definition): void {
  if (json['propertyNames'] !== undefined) delete json['propertyNames'];
  if (json['maximum'] === LARGEST) delete json['maximum'];
  if (json['minimum'] === -LARGEST) delete json['minimum'];
}

function definitions(modules: readonly object[], io: 'input' | 'output'): JsonSchemas {
  const registry = z.registry<{ id: string }>();
  for (const module of modules) {
    for (const [id, value] of Object.entries(module) as [string, unknown][]) {
      if (value instanceof z.ZodType && /^[A-Z]/.test(id)) registry.add(value, { id });
    }
  }
  const { schemas } = z.toJSONSchema(registry, {
    io,
    uri: (id) => `#/$defs/${id}`,
    override: ({ zodSchema, jsonSchema }) => {
      nameDiscriminator(zodSchema, jsonSchema as Definition);
      dropIdleBounds(jsonSchema as Definition);
    },
  });
  return Object.fromEntries(
    Object.entries(schemas)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([id, { $schema: _schema, $id: _id, id: __, ...body }]) => [id, body as JsonSchema]),
  );
}

/** Messages between worker and control plane, by name; `$ref`s are `#/$defs/<Name>`. */
export function workerSchemas(): JsonSchemas {
  return definitions([register, evaluation, profile, lease], 'output');
}

/** What people and programs send to and get from the HTTP API. */
export function httpSchemas(): JsonSchemas {
  return definitions(
    [
      register,
      evaluation,
      profile,
      lease,
      problem,
      search,
      rows,
      candidate,
      catalogue,
      scores,
      { SearchSpec: specSchema },
    ],
    'input',
  );
}

/** Files of schema/ by name, in one JSON Schema document each. */
export function contractSchemas(): Readonly<Record<string, JsonSchema>> {
  const $schema = 'https://json-schema.org/draft/2020-12/schema';
  return {
    'worker.json': { $schema, title: 'Worker protocol', $defs: workerSchemas() },
    'http.json': { $schema, title: 'HTTP resources', $defs: httpSchemas() },
  };
}
