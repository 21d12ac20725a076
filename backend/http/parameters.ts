import type { Request } from 'express';
import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { parseInstant } from '../pricing/instant';
import { jsonBody } from './body';
import { badRequest } from './problem';

/** A time in a query string, as microseconds since 1970. */
export const instantParameter = z
  .string()
  .refine((text) => parseInstant(text) !== undefined, 'must be a time like 2026-01-31T00:00:00Z, or a date')
  .transform((text) => parseInstant(text)!);

/** A whole number in a query string. */
export const countParameter = (least: number, most: number) =>
  z
    .string()
    .regex(/^\d{1,9}$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= least && value <= most, `must be from ${least} to ${most}`);

/** `true` or `false` in a query string. */
export const flagParameter = z.enum(['true', 'false'], 'must be true or false').transform((text) => text === 'true');

/** @throws HttpProblem 400 that names the field and what is wrong with it. */
export function checked<Schema extends z.ZodType>(schema: Schema, input: unknown, known: readonly string[] = []) {
  const parsed = schema.safeParse(input);
  if (parsed.success) {
    return parsed.data;
  }
  const issue = parsed.error.issues[0]!;
  const path = issue.path.join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!.slice(0, 100);
    const nearest = known.length > 0 ? `; the nearest known one is "${closest(key, known)}"` : '';
    throw badRequest(`unknown field "${path ? `${path}.` : ''}${key}"${nearest}`);
  }
  throw badRequest(`${path || 'the body'}: ${issue.message}`);
}

/** The query string, checked. @throws HttpProblem 400 */
export const queryParameters = <Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> =>
  checked(schema, { ...request.query }, Object.keys(schema.shape));

/** The JSON body, checked. @throws HttpProblem 400 or 415 */
export const checkedBody = <Schema extends z.ZodObject>(schema: Schema, request: Request): z.output<Schema> =>
  checked(schema, jsonBody(request), Object.keys(schema.shape));

/** Texts in a query string, one or repeated. */
export const valuesParameter = z
  .union([z.string(), z.array(z.string())])
  .transform((given) => [given].flat())
  .optional();

/**
 * The tenants that are asked for and may be seen; null for all.
 *
 * @param bound those that the caller may see; null for all
 */
export const chosenTenants = (bound: readonly string[] | null, asked: readonly string[] | undefined) =>
  bound === null || asked === undefined ? (asked ?? bound) : asked.filter((one) => bound.includes(one));

/** `from` and `to` in a query string. */
export const rangeSchema = { from: instantParameter.optional(), to: instantParameter.optional() };

/**
 * A range in ms since 1970: `to` is now unless it is given, `from` as long before it.
 *
 * @param length ms
 * @throws HttpProblem 400 when it is empty.
 */
export function rangeOf(asked: { from?: number; to?: number }, length: number): { from: number; to: number } {
  const to = asked.to === undefined ? Date.now() : asked.to / 1000;
  const from = asked.from === undefined ? to - length : asked.from / 1000;
  if (from >= to) {
    throw badRequest('from: must be before to');
  }
  return { from, to };
}
