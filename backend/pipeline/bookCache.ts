import type { Pool, PoolClient } from 'pg';
import { PriceBook } from '../pricing/book';
import type { StoredPrice } from '../pricing/priceRow';

/** Reads the overrides in force. */
export type LoadPrices = (client: Pool | PoolClient) => Promise<readonly StoredPrice[]>;

/**
 * The price book: the catalogue with the database's rows on top, read again whenever the book's version in the database
 * has changed. Asking costs one row, so every transaction can ask, on every replica.
 */
export class BookCache {
  private cached: { version: number; book: PriceBook } | null = null;

  constructor(
    private readonly catalogue: readonly StoredPrice[],
    private readonly load: LoadPrices
  ) {}

  /** The version of the book in the database: raised by every change. */
  async version(client: Pool | PoolClient): Promise<number> {
    const { rows } = await client.query<{ version: bigint }>('SELECT version FROM public.price_book');
    return Number(rows[0]?.version ?? 0);
  }

  /** The book in force; not to be asked inside a transaction that changes it. */
  async current(client: Pool | PoolClient): Promise<PriceBook> {
    const version = await this.version(client);
    if (this.cached?.version !== version) {
      this.cached = { version, book: PriceBook.from([...this.catalogue, ...(await this.load(client))]) };
    }
    return this.cached.book;
  }
}
