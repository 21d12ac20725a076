import { z } from 'zod';
import type { SCOPES } from './auth';

/** The pieces that the OpenAPI description is made of. */
export type Json = Record<string, unknown>;

export const jsonSchema = (schema: z.ZodType): Json => {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }) as Json;
  return rest;
};
export const ref = (name: string): Json => ({ $ref: `#/components/schemas/${name}` });
export const content = (schema: Json, ...types: readonly string[]): Json =>
  Object.fromEntries((types.length ? types : ['application/json']).map((type) => [type, { schema }]));
export const object = (properties: Json, required: readonly string[] = Object.keys(properties)): Json => ({
  type: 'object',
  properties,
  required,
});
export const string: Json = { type: 'string' };
export const integer: Json = { type: 'integer' };
export const number: Json = { type: 'number' };
export const money: Json = { type: 'string', description: 'USD, a decimal string' };
export const dateTime: Json = { type: 'string', format: 'date-time' };
export const nullable = (schema: Json): Json => ({ anyOf: [schema, { type: 'null' }] });
export const array = (items: Json): Json => ({ type: 'array', items });

/** What panels read beyond the cost query. */
export const viewTable: Json = object({
  columns: array(object({ name: string, type: { type: 'string', enum: ['time', 'number', 'text'] } })),
  rows: array(array({})),
});

export interface Operation {
  readonly summary: string;
  readonly scope: (typeof SCOPES)[number] | null;
  readonly body?: Json;
  readonly ok: Json | null;
  readonly okTypes?: readonly string[];
  readonly status?: number;
  readonly parameters?: readonly Json[];
}

export const problem = (description: string): Json => ({
  description,
  content: content(ref('Problem'), 'application/problem+json'),
});

export function operation({ summary, scope, body, ok, okTypes = [], status = 200, parameters }: Operation): Json {
  return {
    summary,
    ...(scope ? { description: `Needs the scope \`${scope}\`.`, security: [{ key: [] }] } : { security: [] }),
    ...(parameters ? { parameters } : {}),
    ...(body ? { requestBody: { required: true, content: body } } : {}),
    responses: {
      [status]: ok ? { description: 'Done', content: content(ok, ...okTypes) } : { description: 'Done' },
      ...(body ? { 400: problem('The request is not right; `detail` says what and how to mend it') } : {}),
      ...(scope ? { 401: problem('No API key, or an unknown one'), 403: problem('The key may not do this') } : {}),
      ...(body ? { 413: problem('The body is too large'), 415: problem('The media type is not taken') } : {}),
      ...(scope ? { 503: problem('Not now; come again after `Retry-After` seconds') } : {}),
    },
  };
}

export const inQuery = (name: string, schema: Json, description?: string): Json => ({
  name,
  in: 'query',
  schema,
  ...(description !== undefined && { description }),
});
export const idParameter: Json = { name: 'id', in: 'path', required: true, schema: string };
