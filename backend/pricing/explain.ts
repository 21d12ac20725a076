import type { Pricing, UnpricedReason, UsageEvent } from '../events/usageEvent';
import type { PriceBook } from './book';
import { GATEWAY_CACHE_PRICE_ID, NOT_PROCESSED_PRICE_ID, price, REPORTED_PRICE_ID } from './calculate';
import { CompiledPrice } from './compiledPrice';
import { picoToUsd } from './decimal';
import { explainRow, NOTHING, type Explanation } from './explainRow';
import type { StoredPrice } from './priceRow';
import { CAUSES, CURES } from './unpricedWords';

export type { ExplainedComponent, ExplainedRow, Explanation } from './explainRow';

/**
 * Explains the price that an event was stored with.
 * @param book the prices in force
 * @param superseded the row of `pricing.price_id` where it was taken out of force since
 */
export function explain(
  event: UsageEvent,
  pricing: Pricing,
  book: PriceBook,
  superseded: StoredPrice | null = null
): Explanation {
  return pricing.priced
    ? explainPriced(event, pricing, book, superseded)
    : explainUnpriced(event, pricing.unpriced_reason, book);
}

function explainPriced(
  event: UsageEvent,
  pricing: Pricing & { priced: true },
  book: PriceBook,
  superseded: StoredPrice | null
): Explanation {
  if (pricing.price_id === GATEWAY_CACHE_PRICE_ID) {
    return {
      ...NOTHING,
      words: ['A gateway answered from its own cache: no provider was called, and the call cost nothing.'],
    };
  }
  if (pricing.price_id === NOT_PROCESSED_PRICE_ID) {
    return {
      ...NOTHING,
      words: [
        `The provider turned the call away before it did any work (${event.status}${event.error_type === null ? '' : `, ${event.error_type}`}): that costs nothing.`,
      ],
    };
  }
  if (pricing.price_id === REPORTED_PRICE_ID) {
    return {
      ...NOTHING,
      words: [
        `The cost of ${picoToUsd(pricing.total_cost)} USD is what ${event.source} reported, as this source is set to.`,
      ],
    };
  }
  const inForce = book.get(pricing.price_id);
  const found = inForce ?? (superseded ? CompiledPrice.of(superseded) : undefined);
  if (!found) {
    return {
      ...NOTHING,
      words: [
        `Priced at ${picoToUsd(pricing.total_cost)} USD by the price row ${pricing.price_id} (version ${pricing.price_version}), which is no longer in the price book.`,
      ],
    };
  }
  const explained = explainRow(event, found);
  const now = price(event, book);
  const changed = now.priced && now.price_id !== pricing.price_id;
  return {
    ...explained,
    words: [
      ...explained.words,
      `The call costs ${picoToUsd(pricing.total_cost)} USD.`,
      ...(inForce ? [] : ['This price row was taken out of force since; what it priced keeps its cost.']),
      ...(changed ? [`Another price holds today (${now.price_id}): reprice this time range to apply it.`] : []),
    ],
  };
}

function explainUnpriced(event: UsageEvent, reason: UnpricedReason, book: PriceBook): Explanation {
  const found = book.find(event);
  const explained = typeof found === 'string' || reason === 'no_usage' ? NOTHING : explainRow(event, found);
  const now = price(event, book);
  const cure = now.priced
    ? [`The price book has a price for it by now (${now.price_id}): reprice this time range to apply it.`]
    : [CURES[now.unpriced_reason](event, book)];
  return {
    ...explained,
    words: [CAUSES[reason](event), ...(now.priced ? [] : explained.words), ...cure],
    unpriced_reason: reason,
  };
}
