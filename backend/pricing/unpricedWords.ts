import { distance } from 'fastest-levenshtein';
import type { UnpricedReason, UsageEvent } from '../events/usageEvent';
import type { PriceBook } from './book';
import { dates } from './explainRow';
import { formatInstant } from './instant';
import { nameCandidates } from './match';
import type { StoredPrice } from './priceRow';
import { canonicalProvider } from './providers';

const named = ({ provider, model, request_model }: UsageEvent): string =>
  `model ${JSON.stringify(model ?? request_model ?? '')} of provider ${JSON.stringify(provider ?? '')}`;

/** Why a call has no price. */
export const CAUSES: Readonly<Record<UnpricedReason, (event: UsageEvent) => string>> = {
  unknown_model: (event) => `No price row matches the ${named(event)}.`,
  no_price_at_time: (event) => `No price of the ${named(event)} holds at ${formatInstant(event.time)}.`,
  no_rate_for_component: () =>
    'The price lacks a rate for some of the tokens; they are not billed at another rate instead.',
  no_price_for_service_tier: (event) =>
    `The price has no rates for the service tier ${JSON.stringify(event.service_tier)}.`,
  no_usage: (event) =>
    event.status === 'ok'
      ? `The source (${event.source}) sent no token counts, so that the cost is not known.`
      : `The call ended with the status ${event.status} before its usage was reported: it may have cost nothing, or something that only the provider's bill tells.`,
};

/** What to do about it. */
export const CURES: Readonly<Record<UnpricedReason, (event: UsageEvent, book: PriceBook) => string>> = {
  unknown_model: (event, book) => {
    const near = nearest(event, book);
    const example = near.length > 0 ? ` The nearest that are known: ${near.join(', ')}.` : '';
    return `Add a price for it, or add its name to the aliases of the row that it belongs to, then reprice.${example}`;
  },
  no_price_at_time: (event, book) => {
    const periods = book
      .candidates(event)
      .map(({ row }) => `${row.price_id} ${dates(row.effective_from, row.effective_to)}`);
    return `Known are: ${periods.join('; ')}. Add a price that holds at the time of the call, then reprice.`;
  },
  no_rate_for_component: () => 'Add a price with the missing rates, then reprice.',
  no_price_for_service_tier: (event, book) => {
    const found = book.find(event);
    const tiers = typeof found === 'string' ? [] : Object.keys(found.row.service_tiers);
    const known = tiers.length > 0 ? `It has standard, ${tiers.join(', ')}.` : 'It has standard only.';
    return `${known} Add a price with that tier under service_tiers, then reprice.`;
  },
  no_usage: () =>
    'Let the client report usage: OpenAI streams need stream_options: { include_usage: true }. Calls that failed before an answer have none.',
};

const nearest = (event: UsageEvent, book: PriceBook): string[] => [
  ...new Set(nearestRows(event, book.rows).map(({ model }) => model)),
];

/** What a call says about its model. */
export type NamedModel = Pick<UsageEvent, 'provider' | 'model' | 'request_model'>;

/**
 * The rows of up to three models whose names are most alike, one for each, of the same provider where it has prices. Rows that
 * hold for one tenant only are left out unless it is `tenant`.
 */
export function nearestRows(
  call: NamedModel,
  book: readonly StoredPrice[],
  tenant: string | null = null
): StoredPrice[] {
  const provider = canonicalProvider(call.provider);
  const model = nameCandidates(provider, call.model ?? call.request_model ?? '').at(-1)?.name;
  if (model === undefined) {
    return [];
  }
  const rows = book.filter((row) => row.model !== '*' && (row.tenant === null || row.tenant === tenant));
  const sold = provider === null ? [] : rows.filter((row) => canonicalProvider(row.provider) === provider);
  const models = new Map((sold.length > 0 ? sold : rows).map((row) => [`${row.provider}\n${row.model}`, row]));
  return [...models.values()]
    .map((row) => ({ row, far: distance(row.model.toLowerCase(), model), length: row.model.length }))
    .filter(({ far, length }) => far <= Math.max(length, model.length) / 2)
    .sort((a, b) => a.far - b.far)
    .slice(0, 3)
    .map(({ row }) => row);
}
