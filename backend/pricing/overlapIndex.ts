import { levelOf, type NewPrice } from './book';
import { datesOf, rowNames, sellerOf } from './compiledPrice';
import type { StoredPrice } from './priceRow';

/**
 * Finds the row of the same level that holds at a time when a new one would (rule 2 of the price book), as `overlaps` does,
 * by a lookup instead of a scan: an import adds thousands of rows.
 */
export class OverlapIndex {
  readonly #rows = new Map<string, StoredPrice[]>();

  constructor(rows: Iterable<StoredPrice> = []) {
    for (const row of rows) {
      this.add(row);
    }
  }

  add(row: StoredPrice): void {
    for (const key of keysOf(row)) {
      const rows = this.#rows.get(key);
      if (rows) {
        rows.push(row);
      } else {
        this.#rows.set(key, [row]);
      }
    }
  }

  /** The row that forbids a new one; undefined when there is none. */
  find(row: NewPrice): StoredPrice | undefined {
    const dates = datesOf(row);
    const holds = (other: StoredPrice): boolean =>
      other.price_id !== row.price_id && dates.from < datesOf(other).to && datesOf(other).from < dates.to;
    for (const key of keysOf(row)) {
      const found = this.#rows.get(key)?.find(holds);
      if (found) {
        return found;
      }
    }
    return undefined;
  }
}

const keysOf = (row: NewPrice): string[] =>
  rowNames(row).map((name) => JSON.stringify([levelOf(row), row.tenant, row.deployment, sellerOf(row), name]));
