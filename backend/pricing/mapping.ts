import { levelOf, type PriceBook } from './book';
import { formatInstant, type Microseconds } from './instant';
import type { PriceRow } from './priceRow';

/** A model that is to cost what another one costs. */
export interface ModelMapping {
  /** As calls say it; null where they say nothing. */
  readonly provider: string | null;
  readonly model: string;
  /** Whose prices are copied. */
  readonly target: { readonly provider: string; readonly model: string };
  /** For calls of this tenant only; null for all. */
  readonly tenant: string | null;
  /** From when on. */
  readonly from: Microseconds;
}

/**
 * Override rows that give a model the rates of a known one from a time on: one for each of the target's rows that holds
 * then or later. They are copies, so that a later change of the target is a decision of its own.
 *
 * @returns an empty list when no row of the target holds then or later
 */
export function mappedRows(book: PriceBook, { provider, model, target, tenant, from }: ModelMapping): PriceRow[] {
  const found = book.candidates({
    time: from,
    tenant: tenant ?? '',
    deployment: null,
    provider: target.provider,
    model: target.model,
    request_model: null,
  });
  const held = found.filter(({ to }) => to > from);
  const [strongest] = held;
  if (!strongest) {
    return [];
  }
  const level = levelOf(strongest.row);
  return held
    .filter(({ row }) => levelOf(row) === level)
    .map((price) => {
      const { price_id: _id, version: _version, origin: _origin, ...rates } = price.row;
      return {
        ...rates,
        provider: provider ?? rates.provider,
        model,
        match: 'exact',
        aliases: [],
        tenant,
        deployment: null,
        effective_from: price.from > from ? rates.effective_from : formatInstant(from),
        source: `mapped from ${rates.provider}/${rates.model}`,
        note: '',
      };
    });
}
