import type { Pool } from 'pg';
import { USAGE_FIELDS } from '../events/usageEvent';
import { COST_COLUMNS, EVENT_COLUMNS } from './eventColumns';

/** A stored event: every column by its name, bigint for tokens and pico-USD, Date for times. */
export type StoredEvent = Record<string, unknown> & {
  readonly event_id: string;
  readonly time: Date;
  readonly us: bigint;
};

export const STORED_COLUMNS: readonly string[] = [...EVENT_COLUMNS.map(({ name }) => name), 'priced_at'];

/** Which of the numbers are bigint in the database. */
export const BIGINT_COLUMNS: readonly string[] = [...USAGE_FIELDS, ...COST_COLUMNS, 'reported_cost', 'price_version'];

/**
 * The event with one of these ids, or null. There is no index on the id alone (each would cost a quarter of the ingest
 * rate); the newest chunks are asked first, because what people look up is mostly recent.
 *
 * @param tenant only events of this tenant; null for all.
 */
export async function findEvent(
  pool: Pool,
  ids: readonly string[],
  tenant: string | null
): Promise<StoredEvent | null> {
  if (ids.length === 0) {
    return null;
  }
  const { rows } = await pool.query<StoredEvent>(
    `SELECT ${STORED_COLUMNS.join(', ')}, (extract(epoch FROM time) * 1000000)::bigint AS us FROM public.usage_events
     WHERE event_id = ANY ($1::uuid[]) AND ($2::text IS NULL OR tenant = $2) ORDER BY time DESC LIMIT 1`,
    [ids, tenant]
  );
  return rows[0] ?? null;
}

/** Every tenant that has events. */
export async function tenantsWithEvents(pool: Pool): Promise<string[]> {
  const { rows } = await pool.query<{ tenant: string }>('SELECT DISTINCT tenant FROM public.usage_1d');
  return rows.map(({ tenant }) => tenant);
}
