import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { OverlapIndex } from '../pricing/overlapIndex';
import type { PriceRow, StoredPrice } from '../pricing/priceRow';
import { inTransaction } from './transaction';

/** A row that can't be added because another one of its level holds at a time when it would. */
export class PriceConflict extends Error {
  override name = 'PriceConflict';

  constructor(
    readonly row: PriceRow,
    readonly existing: StoredPrice
  ) {
    super(
      `a price of ${existing.provider}/${existing.model} (${existing.price_id}) already holds from ` +
        `${existing.effective_from ?? 'the beginning'} to ${existing.effective_to ?? 'the end'}: end or remove it first`
    );
  }
}

interface StoredRow {
  price_id: string;
  version: bigint;
  price: PriceRow;
}

const toStored = ({ price_id, version, price }: StoredRow): StoredPrice => ({
  ...price,
  price_id,
  version: Number(version),
  origin: 'override',
});

/** The rows that people set and that are in force (not superseded). */
export async function loadPrices(client: Pool | PoolClient): Promise<StoredPrice[]> {
  const { rows } = await client.query<StoredRow>(
    'SELECT price_id, version, price FROM public.prices WHERE superseded_at IS NULL ORDER BY version, price_id'
  );
  return rows.map(toStored);
}

/** A row that was taken out of force. */
export interface SupersededPrice {
  readonly row: StoredPrice;
  /** µs since 1970 */
  readonly at: number;
}

/** Rows with an hourly amount that were taken out of force: what they priced is charged to the moment when they ended. */
export async function supersededHourlyPrices(client: Pool | PoolClient): Promise<SupersededPrice[]> {
  const { rows } = await client.query<StoredRow & { us: bigint }>(
    `SELECT price_id, version, price, (extract(epoch FROM superseded_at) * 1000000)::bigint AS us FROM public.prices
     WHERE superseded_at IS NOT NULL AND price ->> 'hourly_amount' IS NOT NULL ORDER BY superseded_at, price_id`
  );
  return rows.map((row) => ({ row: toStored(row), at: Number(row.us) }));
}

/** A row that somebody set, also one that is no longer in force: what it priced still has to be explained. */
export async function findPrice(client: Pool | PoolClient, priceId: string): Promise<StoredPrice | null> {
  const { rows } = await client.query<StoredRow>(
    'SELECT price_id, version, price FROM public.prices WHERE price_id = $1',
    [priceId]
  );
  return rows[0] ? toStored(rows[0]) : null;
}

/** Raises the book's version; the row's lock lets one change of the book happen at a time, over all replicas. */
async function nextVersion(client: PoolClient): Promise<bigint> {
  const { rows } = await client.query<{ version: bigint }>(
    'UPDATE public.price_book SET version = version + 1 RETURNING version'
  );
  return rows[0]!.version;
}

async function audit(client: PoolClient, by: string, action: string, version: bigint, details: unknown): Promise<void> {
  await client.query(
    'INSERT INTO public.price_audit (by, action, version, details) VALUES ($1, $2, $3::bigint, $4::jsonb)',
    [by, action, version.toString(), JSON.stringify(details)]
  );
}

/** In one statement: an import has thousands of rows. */
async function insert(
  client: PoolClient,
  version: bigint,
  by: string,
  rows: readonly PriceRow[],
  prices: readonly StoredPrice[]
): Promise<void> {
  await client.query(
    `INSERT INTO public.prices (price_id, version, tenant, deployment, provider, model, effective_from, effective_to, price, created_by)
     SELECT price_id, $1::bigint, price ->> 'tenant', price ->> 'deployment', price ->> 'provider', price ->> 'model',
       coalesce((price ->> 'effective_from')::timestamptz, '-infinity'),
       coalesce((price ->> 'effective_to')::timestamptz, 'infinity'), price, $2
     FROM unnest($3::text[], $4::jsonb[]) AS row (price_id, price)`,
    [version.toString(), by, prices.map(({ price_id }) => price_id), rows.map((row) => JSON.stringify(row))]
  );
}

/**
 * Adds rows to the book, all or none.
 *
 * @throws PriceConflict for the first row that overlaps another one of its level.
 */
export function addPrices(
  pool: Pool,
  rows: readonly PriceRow[],
  by: string
): Promise<{ prices: StoredPrice[]; version: number }> {
  return inTransaction(pool, async (client) => {
    const version = await nextVersion(client);
    const index = new OverlapIndex(await loadPrices(client));
    const prices = rows.map((row) => {
      const existing = index.find(row);
      if (existing) {
        throw new PriceConflict(row, existing);
      }
      const price: StoredPrice = { ...row, price_id: randomUUID(), version: Number(version), origin: 'override' };
      index.add(price);
      return price;
    });
    await insert(client, version, by, rows, prices);
    await audit(client, by, 'add', version, { price_ids: prices.map(({ price_id }) => price_id) });
    return { prices, version: Number(version) };
  });
}

/** Takes a row out of force; what it priced keeps its cost. @returns false when there is no such row in force. */
export function removePrice(pool: Pool, priceId: string, by: string): Promise<boolean> {
  return inTransaction(pool, async (client) => {
    const version = await nextVersion(client);
    const { rowCount } = await client.query(
      `UPDATE public.prices SET superseded_at = now(), superseded_version = $2::bigint
       WHERE price_id = $1 AND superseded_at IS NULL`,
      [priceId, version.toString()]
    );
    if (rowCount === 1) {
      await audit(client, by, 'supersede', version, { price_ids: [priceId] });
    }
    return rowCount === 1;
  });
}

/** An entry of the audit: who changed the book or the prices of past events, when and why. */
export interface AuditEntry {
  readonly audit_id: number;
  readonly at: Date;
  readonly by: string;
  readonly action: string;
  readonly why: string | null;
  readonly version: number;
  readonly details: unknown;
}

/** The audit's latest entries, the newest first. */
export async function listAudit(pool: Pool, limit: number): Promise<AuditEntry[]> {
  const { rows } = await pool.query<Omit<AuditEntry, 'audit_id' | 'version'> & { audit_id: bigint; version: bigint }>(
    'SELECT audit_id, at, by, action, why, version, details FROM public.price_audit ORDER BY audit_id DESC LIMIT $1',
    [limit]
  );
  return rows.map((row) => ({ ...row, audit_id: Number(row.audit_id), version: Number(row.version) }));
}
