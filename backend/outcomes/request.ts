import { z } from 'zod';
import { isDecimal } from '../pricing/decimal';
import { parseInstant } from '../pricing/instant';
import { callerEventId } from '../receivers/events/readEvents';
import { type Feedback, TARGET_KINDS, type TargetKey, type TargetKind } from './feedback';

const id = z.string().min(1, 'must not be empty').max(500);
const SCORE = 'must be a number, or a decimal string like "0.8"';
const score = z
  .union([z.number(SCORE), z.string(SCORE).max(40)], SCORE)
  .transform((value) => (typeof value === 'number' ? plainNumber(value) : value))
  .refine((text) => isDecimal(text.replace(/^-/, '')), SCORE);

/** A number without an exponent: the decimal that the sender wrote, as far as JSON kept it. */
const plainNumber = (value: number): string =>
  value.toLocaleString('en-US', { useGrouping: false, maximumFractionDigits: 15 });

/** One item of `POST /v1/feedback`. */
export const feedbackSchema = z
  .strictObject({
    tenant: z.string().min(1).max(200).optional(),
    call: id
      .optional()
      .describe('Id of the call: the caller’s own, the one of the ingest reply, or the provider’s response id'),
    source: z.string().max(500).default('').describe('Source of the call’s CloudEvent, where it was one'),
    run: id.optional(),
    session: id.optional(),
    name: z.string().max(200).default('').describe('Who or what judges; one verdict of each holds'),
    time: z
      .string()
      .refine((text) => parseInstant(text) !== undefined, 'must be a time like 2026-01-31T00:00:00Z')
      .optional()
      .describe('When it was given; of two verdicts the later holds. Default: now'),
    success: z.boolean().optional(),
    score: score.optional(),
    label: z.string().min(1).max(200).optional(),
    comment: z.string().max(2_000).optional(),
  })
  .refine(
    (item) => TARGET_KINDS.filter((kind) => item[kind] !== undefined).length === 1,
    'must name one of call, run and session'
  )
  .refine(
    ({ success, score: points, label }) => success !== undefined || points !== undefined || label !== undefined,
    'must say at least one of success, score and label'
  );
export type FeedbackInput = z.output<typeof feedbackSchema>;
export const FEEDBACK_FIELDS = Object.keys(feedbackSchema.shape);

const UUID = /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i;

/**
 * By what the calls of a target are found. A call's own id depends on its tenant.
 *
 * @param tenants those whose call it may be
 */
function targetKeys(kind: TargetKind, target: string, source: string, tenants: readonly string[]): TargetKey[] {
  if (kind !== 'call') {
    return [{ kind, key: target }];
  }
  const ids = [
    ...(UUID.test(target) ? [target.toLowerCase()] : []),
    ...tenants.map((tenant) => callerEventId(tenant, source, target)),
  ];
  return [...ids.map((key) => ({ kind: 'event' as const, key })), { kind: 'response', key: target }];
}

/**
 * Feedback as it is stored.
 *
 * @param bound the tenant that the caller's key is bound to; it wins over what the item says
 * @param tenants every tenant with calls, for items that name none
 * @param now µs since 1970
 */
export function toFeedback(
  input: FeedbackInput,
  bound: string | null,
  tenants: readonly string[],
  now: number
): Feedback {
  const kind = TARGET_KINDS.find((one) => input[one] !== undefined)!;
  const target = input[kind]!;
  const tenant = bound ?? input.tenant ?? '';
  return {
    tenant,
    kind,
    target,
    keys: targetKeys(kind, target, input.source, tenant === '' ? tenants : [tenant]),
    name: input.name,
    time: input.time === undefined ? now : parseInstant(input.time)!,
    success: input.success ?? null,
    score: input.score ?? null,
    label: input.label ?? null,
    comment: input.comment ?? null,
    source: 'feedback',
  };
}
