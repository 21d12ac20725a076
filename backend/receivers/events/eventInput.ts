import { closest } from 'fastest-levenshtein';
import { z } from 'zod';
import { STATUSES, USAGE_FIELDS } from '../../events/usageEvent';
import { usdToPico } from '../../pricing/decimal';

/** Longest text of a dimension; longer is refused, not cut. */
const MAX_TEXT = 1_024;
const MAX_TAGS = 64;
/** Calls before this are mistakes (an epoch of 0, seconds for milliseconds), as are calls of the day after tomorrow. */
const EARLIEST = Date.UTC(2015, 0, 1);
const MAX_AHEAD_MS = 24 * 3_600_000;

const text = z
  .string()
  .max(MAX_TEXT, `must have at most ${MAX_TEXT} characters`)
  .refine((value) => !value.includes('\0'), 'must not contain a NUL character')
  .transform((value) => (value === '' ? null : value))
  .nullish();

const count = z.int('must be a whole number').min(0, 'must not be negative').nullish();
const milliseconds = z.number().min(0, 'must not be negative').nullish();

const RFC3339 = /^(\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|[+-]\d\d:\d\d)$/;

/** Whole microseconds since 1970 of an RFC 3339 time, digits beyond microseconds cut; NaN when it isn't one. */
export function parseTime(value: string): number {
  const match = RFC3339.exec(value);
  const ms = match ? Date.parse(`${match[1]!.replace(' ', 'T')}${match[3]!}`) : NaN;
  return ms * 1000 + Number((match?.[2] ?? '').padEnd(6, '0').slice(0, 6));
}

/** Why a time can't be that of a call, or null. */
export function timeProblem(timeUs: number, now = Date.now()): string | null {
  if (timeUs < EARLIEST * 1000) {
    return 'is before 2015: is it in seconds, or empty?';
  }
  return timeUs > (now + MAX_AHEAD_MS) * 1000 ? 'is more than a day in the future: check the clock that made it' : null;
}

const time = z
  .string('must be an RFC 3339 time')
  .transform((value, context) => {
    const us = parseTime(value);
    const problem = Number.isNaN(us) ? 'must be an RFC 3339 time such as 2026-01-15T10:00:00Z' : timeProblem(us);
    if (problem) {
      context.addIssue({ code: 'custom', message: problem });
      return z.NEVER;
    }
    return us;
  })
  .nullish();

const usd = z
  .string('must be a decimal string in USD, e.g. "0.0123"')
  .transform((value, context) => {
    try {
      return usdToPico(value);
    } catch {
      context.addIssue({ code: 'custom', message: 'must be a decimal string in USD, e.g. "0.0123"' });
      return z.NEVER;
    }
  })
  .nullish();

const tagValue = z.union([z.string().max(MAX_TEXT), z.number(), z.boolean()]).transform(String);

/** The text fields of an event as it is sent. */
export const DIMENSION_FIELDS = [
  'tenant',
  'project',
  'team',
  'environment',
  'cost_center',
  'provider',
  'model',
  'request_model',
  'deployment',
  'endpoint',
  'operation',
  'service_tier',
  'user_id',
  'user_segment',
  'session_id',
  'service',
  'agent',
  'run_id',
  'pipeline',
  'feature',
  'release',
  'tool',
  'error_type',
  'finish_reason',
  'trace_id',
  'span_id',
  'response_id',
] as const;

const dimensions = Object.fromEntries(DIMENSION_FIELDS.map((name) => [name, text])) as Record<
  (typeof DIMENSION_FIELDS)[number],
  typeof text
>;

/** One event of `POST /v1/events`, in the words of the contract. */
export const eventSchema = z.strictObject({
  id: z
    .union([z.string().min(1, 'must not be empty').max(MAX_TEXT), z.int()])
    .transform(String)
    .nullish(),
  time,
  ...dimensions,
  status: z.enum(STATUSES, { error: `must be one of ${STATUSES.join(', ')}` }).nullish(),
  attempt: z.int().min(1, 'is 1 for the first attempt').max(10_000).nullish(),
  duration_ms: milliseconds,
  time_to_first_token_ms: milliseconds,
  reported_cost: usd,
  usage: z.record(z.string(), z.unknown()).nullish(),
  tags: z
    .record(z.string().min(1).max(128), tagValue)
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `at most ${MAX_TAGS} tags`)
    .nullish(),
});

export type EventInput = z.output<typeof eventSchema>;

/** Usage in the collector's own words. */
export const usageSchema = z.strictObject(
  Object.fromEntries(USAGE_FIELDS.map((name) => [name, count])) as Record<(typeof USAGE_FIELDS)[number], typeof count>
);

/** The first thing that is wrong, as one line; an unknown field names the nearest known one. */
export function issueText(error: z.ZodError, known: readonly string[], prefix = ''): string {
  const issue = error.issues[0]!;
  const path = [...(prefix ? [prefix] : []), ...issue.path.map(String)].join('.');
  if (issue.code === 'unrecognized_keys') {
    const key = issue.keys[0]!.slice(0, 100);
    return `unknown field "${path ? `${path}.` : ''}${key}"; the nearest known one is "${closest(key, known)}"; what isn't a field goes into tags`;
  }
  return `${path || 'the event'}: ${issue.message}`;
}

export const EVENT_FIELDS = Object.keys(eventSchema.shape);
