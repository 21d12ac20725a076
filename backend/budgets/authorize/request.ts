import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { USAGE_FIELDS, type UsageEvent, usageEvent } from '../../events/usageEvent';
import type { PriceBook } from '../../pricing/book';
import { price } from '../../pricing/calculate';
import { isDecimal, usdToPico } from '../../pricing/decimal';
import { SCOPE_DIMENSIONS } from '../budget';

const DEFAULT_LEASE_SECONDS = 300;
const MAX_LEASE_SECONDS = 86_400;
const MAX_TAGS = 64;

const name = z.string().min(1).max(1_000);

/** USD as a decimal string. */
export const moneySchema = z
  .string('must be a decimal string of USD like "0.05"')
  .refine((text) => isDecimal(text) && text.replace(/\..*/, '').length <= 6, 'must be a decimal string like "0.05"');

const dimensions = Object.fromEntries(SCOPE_DIMENSIONS.map((dimension) => [dimension, name.nullish()]));
const tokens = Object.fromEntries(USAGE_FIELDS.map((field) => [field, z.int().min(0).optional()]));

/** What `POST /v1/authorize` takes: who wants to make which call, and what it may cost. */
export const authorizeSchema = z.strictObject({
  /** The caller's: the same one again gets the same answer. */
  request_id: z.string().min(1, 'must not be empty').max(200),
  tenant: name.optional(),
  ...dimensions,
  tags: z
    .record(z.string(), z.string())
    .refine((tags) => Object.keys(tags).length <= MAX_TAGS, `must have at most ${MAX_TAGS}`)
    .default({}),
  /** The most that the call may cost, USD. */
  max_cost: moneySchema.optional(),
  /** Or the tokens that it may take, to be priced: `input_tokens` and `output_tokens` at least. */
  estimated_tokens: z.strictObject(tokens).optional(),
  /** How long the reservation holds when nothing more is heard of the call. */
  lease_seconds: z.int().min(1).max(MAX_LEASE_SECONDS).default(DEFAULT_LEASE_SECONDS),
  /** For whoever has to approve it. */
  why: z.string().max(1_000).optional(),
});

export type AuthorizeInput = z.output<typeof authorizeSchema>;

/** A checked request. */
export interface Ask {
  readonly requestId: string;
  readonly tenant: string;
  /** What budgets are found by; the fields of a call. */
  readonly call: UsageEvent;
  /** What it may cost at most, pico-USD; null when it can't be told because there is no price. */
  readonly estimate: bigint | null;
  readonly leaseSeconds: number;
  /** As it came, for those who decide. */
  readonly input: AuthorizeInput;
}

/** What is missing of a request, or null. */
export function missing({ max_cost: cost, estimated_tokens: estimated }: AuthorizeInput): string | null {
  if (cost !== undefined) {
    return null;
  }
  const given = estimated;
  if (given === undefined) {
    return 'max_cost: say what the call may cost at most, or estimated_tokens, to be priced';
  }
  return given.input_tokens === undefined || given.output_tokens === undefined
    ? 'estimated_tokens: needs input_tokens and output_tokens (the max_tokens of the call)'
    : null;
}

/** A request with its estimate: its own maximum, or its tokens at the price in force now. */
export function toAsk(input: AuthorizeInput, boundTo: string | null, book: PriceBook, now = Date.now()): Ask {
  const tenant = boundTo ?? input.tenant ?? 'unknown';
  const { request_id, max_cost, estimated_tokens, lease_seconds, why: _, tags, ...rest } = input;
  // Into fields that are there already: an object that is spread and then added to outlives Node 20's quick garbage
  // collections, and thousands a second make each of them take milliseconds, in which nobody is answered.
  const call = Object.assign(
    usageEvent({ event_id: randomUUID(), time: now * 1000, source: 'authorize' }),
    rest as Partial<UsageEvent>,
    estimated_tokens as Partial<UsageEvent> | undefined,
    { tenant, tags }
  );
  return {
    requestId: request_id,
    tenant,
    call,
    estimate: estimateOf(call, max_cost, book),
    leaseSeconds: lease_seconds,
    input,
  };
}

function estimateOf(call: UsageEvent, maxCost: string | undefined, book: PriceBook): bigint | null {
  if (maxCost !== undefined) {
    return usdToPico(maxCost);
  }
  const pricing = price(call, book);
  return pricing.priced ? pricing.total_cost : null;
}
