import { type UsageEvent, USAGE_FIELDS, usageEvent, type Pricing } from '../events/usageEvent';
import type { PriceBook } from '../pricing/book';
import { explain } from '../pricing/explain';
import type { StoredPrice } from '../pricing/priceRow';
import { STORED_COLUMNS, type StoredEvent } from '../storage/events';
import { COST_COLUMNS } from '../storage/eventColumns';

/** The event as pricing sees it. */
function toEvent(stored: StoredEvent): UsageEvent {
  const usage = Object.fromEntries(
    USAGE_FIELDS.map((name) => [name, stored[name] === null ? null : Number(stored[name])])
  );
  return usageEvent({
    ...(stored as unknown as Partial<UsageEvent>),
    ...usage,
    time: Number(stored.us),
    event_id: stored.event_id,
    source: String(stored.source),
  });
}

function toPricing(stored: StoredEvent): Pricing {
  if (typeof stored.price_id !== 'string') {
    return { priced: false, unpriced_reason: String(stored.unpriced_reason) as 'unknown_model' };
  }
  const costs = Object.fromEntries(COST_COLUMNS.map((name) => [name, stored[name]])) as Record<
    (typeof COST_COLUMNS)[number],
    bigint
  >;
  return { priced: true, price_id: stored.price_id, price_version: Number(stored.price_version), ...costs };
}

/** Tokens fit into JSON numbers up to 2^53; money stays text so that no reader rounds it. */
function jsonValue(name: string, value: unknown): unknown {
  if (typeof value === 'bigint') {
    const isMoney = name.endsWith('_cost') || name === 'cache_savings';
    return isMoney || value > BigInt(Number.MAX_SAFE_INTEGER) ? value.toString() : Number(value);
  }
  return value;
}

/** Microseconds since 1970 as RFC 3339, with as many digits as the time has. */
function timeText(us: bigint): string {
  const ms = us / 1000n;
  const below = Number(us % 1000n);
  const text = new Date(Number(ms)).toISOString();
  return below === 0 ? text : `${text.slice(0, -1)}${String(below).padStart(3, '0')}Z`;
}

/** The reply of `GET /v1/events/{id}`: every field, components in pico-USD as text, and why it has this price or none. */
export function eventReply(
  stored: StoredEvent,
  book: PriceBook,
  superseded: StoredPrice | null = null
): Record<string, unknown> {
  const fields = STORED_COLUMNS.map((name) => [name, jsonValue(name, stored[name])] as const);
  return {
    ...Object.fromEntries(fields),
    time: timeText(stored.us),
    explanation: explain(toEvent(stored), toPricing(stored), book, superseded),
  };
}
