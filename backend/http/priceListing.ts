import { z } from 'zod';
import { datesOf, rowNames, sellerOf } from '../pricing/compiledPrice';
import type { PriceRow, StoredPrice } from '../pricing/priceRow';
import { canonicalProvider } from '../pricing/providers';
import { countParameter, instantParameter } from './parameters';

/** The query string of `GET /v1/prices`. */
export const listingSchema = z.strictObject({
  /** By any of its names. */
  provider: z.string().optional(),
  /** Its id or an alias, `*` for any characters. */
  model: z
    .string()
    .max(300)
    .refine((text) => (text.match(/\*+/g) ?? []).length <= 3, 'must have three * at most')
    .optional(),
  /** Rows that were set for this tenant; empty: rows for every tenant. */
  tenant: z.string().optional(),
  /** Rows that hold at this time. */
  at: instantParameter.optional(),
  origin: z.enum(['override', 'catalogue'], 'must be override or catalogue').optional(),
  limit: countParameter(1, 10_000).optional(),
  offset: countParameter(0, 999_999_999).optional(),
  /** `posted`: as the rows are posted, to be sent to another collector. */
  form: z.enum(['stored', 'posted'], 'must be stored or posted').default('stored'),
});

export type Listing = z.output<typeof listingSchema>;

export interface ListedPrices {
  readonly prices: ReadonlyArray<StoredPrice | PriceRow>;
  /** Rows that the filters leave, of which `prices` is a page. */
  readonly total: number;
  /** The offset of the next page, null on the last one. */
  readonly next_offset: number | null;
}

/** A row as it is posted: without what the book adds. */
export function postedForm({ price_id: _id, version: _version, origin: _origin, ...row }: StoredPrice): PriceRow {
  return row;
}

/** The rows that a caller asks for; the order stays as it is. */
export function listPrices(rows: readonly StoredPrice[], listing: Listing): ListedPrices {
  const { limit = Number.MAX_SAFE_INTEGER, offset = 0, form } = listing;
  const found = rows.filter(matches(listing));
  const page = found.slice(offset, offset + limit);
  return {
    prices: form === 'posted' ? page.map(postedForm) : page,
    total: found.length,
    next_offset: offset + page.length < found.length ? offset + page.length : null,
  };
}

type Test = (row: StoredPrice) => boolean;

function matches({ provider, model, tenant, at, origin }: Listing): Test {
  const seller = provider === undefined ? '' : (canonicalProvider(provider) ?? provider.toLowerCase());
  const named = glob(model ?? '*');
  const tests: ReadonlyArray<readonly [unknown, Test]> = [
    [provider, (row) => sellerOf(row) === seller],
    [model, (row) => [row.model, ...row.aliases, ...rowNames(row)].some((name) => named.test(name))],
    [tenant, (row) => row.tenant === (tenant === '' ? null : tenant)],
    [origin, (row) => (row.origin ?? 'override') === origin],
    [at, (row) => datesOf(row).from <= at! && at! < datesOf(row).to],
  ];
  const asked = tests.filter(([value]) => value !== undefined);
  return (row) => asked.every(([, test]) => test(row));
}

const glob = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split(/\*+/)
      .map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i'
  );
