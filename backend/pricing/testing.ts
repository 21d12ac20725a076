import { usageEvent, type UsageEvent } from '../events/usageEvent';
import { PriceBook } from './book';
import { parseInstant } from './instant';
import { parsePriceRow, type PriceRowInput, type StoredPrice } from './priceRow';

/** What the tests of this folder share. */

export type TestRow = PriceRowInput & Partial<Pick<StoredPrice, 'price_id' | 'version' | 'origin'>>;

/** A stored row; its id is `p0`, `p1` … by its place unless it is given. */
export function stored({ price_id, version = 1, origin, ...row }: TestRow, index = 0): StoredPrice {
  const parsed = parsePriceRow(row);
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.errors));
  }
  return { ...parsed.row, price_id: price_id ?? `p${index}`, version, ...(origin && { origin }) };
}

export const bookOf = (...rows: readonly TestRow[]): PriceBook => PriceBook.from(rows.map(stored));

export const at = (time: string): number => parseInstant(time)!;

/** A call of openai's gpt-4o-mini on 2026-01-15 unless said otherwise. */
export const call = (known: Partial<UsageEvent> = {}): UsageEvent =>
  usageEvent({
    event_id: 'e1',
    source: 'test',
    time: at('2026-01-15T10:00:00Z'),
    provider: 'openai',
    model: 'gpt-4o-mini',
    tenant: 'acme',
    ...known,
  });

/** A row of openai's gpt-4o-mini. */
export const MINI: PriceRowInput = {
  provider: 'openai',
  model: 'gpt-4o-mini',
  input: '0.15',
  cache_read: '0.075',
  output: '0.60',
};
