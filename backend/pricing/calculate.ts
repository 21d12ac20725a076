import {
  hasUsage,
  type Costs,
  type Pricing,
  type UnpricedReason,
  type Usage,
  type UsageEvent,
  USAGE_FIELDS,
} from '../events/usageEvent';
import type { PriceBook } from './book';
import type { CompiledPrice } from './compiledPrice';
import { checkedPico, roundHalfEven } from './decimal';
import { quantities, wholeInput, type Quantities } from './quantities';
import type { CompiledRates, Rate } from './rates';

/**
 * The tag by which a receiver says that a gateway answered from its own response cache (LiteLLM's `cache_hit`): no
 * provider was called, so the call costs 0 whatever its tokens. Its value is `true`.
 */
export const GATEWAY_CACHE_HIT_TAG = 'gateway_cache_hit';

/** In place of a price row's id where no row was used. */
export const GATEWAY_CACHE_PRICE_ID = 'gateway-cache';
export const REPORTED_PRICE_ID = 'reported-cost';
export const NOT_PROCESSED_PRICE_ID = 'not-processed';

export interface PriceOptions {
  /** True for the sources whose own figure is to be used instead of the price book (rule 7). None by default. */
  readonly preferReported?: (event: UsageEvent) => boolean;
}

const FREE: Costs = {
  input_cost: 0n,
  cache_read_cost: 0n,
  cache_write_cost: 0n,
  output_cost: 0n,
  reasoning_cost: 0n,
  other_cost: 0n,
  total_cost: 0n,
  cache_savings: 0n,
};

const unpriced = (unpriced_reason: UnpricedReason): Pricing => ({ priced: false, unpriced_reason });

/**
 * What a call costs, exactly, by the price in force at its time; or why that isn't known. Unpriced is never zero.
 * @throws AmountOutOfRange when the amount doesn't fit into int64 pico-USD
 */
export function price(event: UsageEvent, book: PriceBook, options: PriceOptions = {}): Pricing {
  if (event.reported_cost !== null && options.preferReported?.(event)) {
    return reported(event.reported_cost);
  }
  if (event.tags !== null && event.tags[GATEWAY_CACHE_HIT_TAG] === 'true') {
    return { priced: true, price_id: GATEWAY_CACHE_PRICE_ID, price_version: 0, ...FREE };
  }
  if (event.status !== 'ok' && wasNotProcessed(event)) {
    return { priced: true, price_id: NOT_PROCESSED_PRICE_ID, price_version: 0, ...FREE };
  }
  if (!countsTokens(event) && !hasUsage(event)) {
    return unpriced('no_usage');
  }
  const found = book.find(event);
  return typeof found === 'string' ? unpriced(found) : priceWith(event, found);
}

const UNAUTHENTICATED = /^(openai\.|anthropic\.)?(401|AuthenticationError|authentication_error|unauthenticated)$/i;

/**
 * Whether the provider turned the call away before it did any work: that is free, and known to be (Azure's "HTTP error
 * response code and billing status" says so of 429 and 401, and that a 400 by a content filter and a 408 are charged). Every
 * other failure without usage (errors, timeouts, cancelled streams) may have cost something: it stays unknown.
 */
function wasNotProcessed(event: UsageEvent): boolean {
  const turnedAway =
    event.status === 'rate_limited' ||
    (event.status === 'error' && event.error_type !== null && UNAUTHENTICATED.test(event.error_type));
  return turnedAway && USAGE_FIELDS.every((field) => (event[field] ?? 0) === 0);
}

/** The same by a row that is known already; the row's dates and names are not looked at. */
export function priceWith(event: UsageEvent, found: CompiledPrice): Pricing {
  const { price_id, version: price_version } = found.row;
  if (found.isHourlyOnly) {
    return { priced: true, price_id, price_version, ...FREE };
  }
  if (found.hasTokenRates && !countsTokens(event)) {
    return unpriced('no_usage');
  }
  const plan = found.planFor(wholeInput(event), event.service_tier, event.time);
  if (plan === null) {
    return unpriced('no_price_for_service_tier');
  }
  const units = quantities(event, found, plan.rates);
  if (lacksRate(units, plan.rates)) {
    return unpriced('no_rate_for_component');
  }
  const reasoning = event.reasoning_tokens ?? 0;
  return {
    priced: true,
    price_id,
    price_version,
    ...(chargeInNumbers(units, plan.rates, reasoning) ?? charge(units, plan.rates, reasoning)),
  };
}

const unpaid = (units: number, rate: Rate | null): boolean => units > 0 && rate === null;

/** True when some tokens have no rate; zero tokens need none. Spelled out, because a loop over names costs a third more. */
const lacksRate = (units: Quantities, rates: CompiledRates): boolean =>
  unpaid(units.input, rates.input) ||
  unpaid(units.output, rates.output) ||
  unpaid(units.cache_read, rates.cache_read) ||
  unpaid(units.cache_write_5m, rates.cache_write_5m) ||
  unpaid(units.cache_write_1h, rates.cache_write_1h) ||
  unpaid(units.reasoning, rates.reasoning) ||
  unpaid(units.audio_input, rates.audio_input) ||
  unpaid(units.audio_output, rates.audio_output) ||
  unpaid(units.image_input, rates.image_input) ||
  unpaid(units.per_request, rates.per_request) ||
  unpaid(units.web_search_per_1k, rates.web_search_per_1k) ||
  unpaid(units.per_unit, rates.per_unit);

/** Without a single token count, the part of the price that goes by tokens is unknown. */
const countsTokens = (usage: Usage): boolean =>
  usage.input_tokens !== null ||
  usage.output_tokens !== null ||
  usage.cache_read_tokens !== null ||
  usage.cache_write_5m_tokens !== null ||
  usage.cache_write_1h_tokens !== null ||
  usage.reasoning_tokens !== null ||
  usage.audio_input_tokens !== null ||
  usage.audio_output_tokens !== null ||
  usage.image_input_tokens !== null;

/** The costs in exact bigint arithmetic. */
export function charge(units: Quantities, rates: CompiledRates, reasoningTokens: number): Costs {
  const input_cost = amount(units.input, rates.input);
  const cache_read_cost = amount(units.cache_read, rates.cache_read);
  const cache_write_cost =
    amount(units.cache_write_5m, rates.cache_write_5m) + amount(units.cache_write_1h, rates.cache_write_1h);
  const ownReasoning = amount(units.reasoning, rates.reasoning);
  const output_cost = amount(units.output, rates.output) + ownReasoning;
  const other_cost =
    amount(units.audio_input, rates.audio_input) +
    amount(units.audio_output, rates.audio_output) +
    amount(units.image_input, rates.image_input) +
    amount(units.per_request, rates.per_request) +
    amount(units.web_search_per_1k, rates.web_search_per_1k) +
    amount(units.per_unit, rates.per_unit);
  return {
    input_cost,
    cache_read_cost,
    cache_write_cost,
    output_cost,
    reasoning_cost: rates.reasoning === null ? amount(reasoningTokens, rates.output) : ownReasoning,
    other_cost,
    total_cost: checkedPico(input_cost + cache_read_cost + cache_write_cost + output_cost + other_cost),
    cache_savings: rates.input === null ? 0n : checkedPico(amount(units.cache_read, rates.input) - cache_read_cost),
  };
}

/**
 * The same in plain numbers, several times as fast; null where a rate is a fraction or the sum is no safe integer (over
 * 9,007 USD), so that nothing is ever rounded by a float.
 */
export function chargeInNumbers(units: Quantities, rates: CompiledRates, reasoningTokens: number): Costs | null {
  const input = product(units.input, rates.input);
  const cacheRead = product(units.cache_read, rates.cache_read);
  const cacheWrite =
    product(units.cache_write_5m, rates.cache_write_5m) + product(units.cache_write_1h, rates.cache_write_1h);
  const ownReasoning = product(units.reasoning, rates.reasoning);
  const output = product(units.output, rates.output) + ownReasoning;
  const other =
    product(units.audio_input, rates.audio_input) +
    product(units.audio_output, rates.audio_output) +
    product(units.image_input, rates.image_input) +
    product(units.per_request, rates.per_request) +
    product(units.web_search_per_1k, rates.web_search_per_1k) +
    product(units.per_unit, rates.per_unit);
  const reasoning = rates.reasoning === null ? product(reasoningTokens, rates.output) : ownReasoning;
  const total = input + cacheRead + cacheWrite + output + other;
  const savings = rates.input === null ? 0 : product(units.cache_read, rates.input) - cacheRead;
  // NaN (see `product`) is no safe integer either, and reasoning is a part of the total.
  return Number.isSafeInteger(total) && Number.isSafeInteger(savings)
    ? {
        input_cost: whole(input),
        cache_read_cost: whole(cacheRead),
        cache_write_cost: whole(cacheWrite),
        output_cost: whole(output),
        reasoning_cost: whole(reasoning),
        other_cost: whole(other),
        total_cost: whole(total),
        cache_savings: whole(savings),
      }
    : null;
}

const whole = (pico: number): bigint => (pico === 0 ? 0n : BigInt(pico));

/** `units × rate` as a safe integer, else NaN. */
function product(units: number, rate: Rate | null): number {
  if (units === 0 || rate === null) {
    return 0;
  }
  const pico = units * rate.whole;
  return pico >= 0 && pico <= Number.MAX_SAFE_INTEGER ? pico : NaN;
}

/** `units × rate` in pico-USD, rounded once, half to even. */
export const amount = (units: number, rate: Rate | null): bigint =>
  units === 0 || rate === null ? 0n : roundHalfEven(BigInt(units) * rate.num, rate.den);

/** The figure of the client or gateway; nobody knows its parts, so all of it is `other`. */
function reported(cost: bigint): Pricing {
  const total_cost = checkedPico(cost);
  return { priced: true, price_id: REPORTED_PRICE_ID, price_version: 0, ...FREE, other_cost: total_cost, total_cost };
}
