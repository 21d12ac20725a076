import type { PoolClient } from 'pg';

export const HOUR_US = 3_600_000_000;

/**
 * Hours that begin before this instant may already be in the rollups: a change to them must be marked. The rollups take
 * in an hour at the earliest one hour later (see rollups.ts), so that a transaction that didn't have to mark has at
 * least that long to commit. The database's clock decides on both sides.
 */
const FIRST_UNMARKED = `date_trunc('hour', now(), 'UTC') - interval '1 hour'`;

// In the order of hours, so that two transactions can't wait for each other's marks.
const mark = (hours: string): string => `INSERT INTO public.rollup_dirty (hour)
    SELECT hour FROM (${hours}) touched WHERE hour < ${FIRST_UNMARKED} ORDER BY hour
    ON CONFLICT (hour) DO UPDATE SET version = excluded.version, marked_at = excluded.marked_at`;

/** SQL that marks the hours of the rows of a CTE `inserted (time …)`. */
export const MARK_INSERTED = mark(`SELECT DISTINCT date_trunc('hour', time, 'UTC') AS hour FROM inserted`);

const MARK_HOURS = mark('SELECT unnest($1::timestamptz[]) AS hour');

/**
 * Marks the hours of changed rows as dirty, inside the transaction that changes the rows.
 *
 * @param times microseconds since 1970
 */
export async function markDirty(client: PoolClient, times: readonly number[]): Promise<void> {
  const hours = [...new Set(times.map((time) => Math.floor(time / HOUR_US) * HOUR_US))];
  if (hours.length > 0) {
    await client.query({
      name: 'mark_dirty_hours',
      text: MARK_HOURS,
      values: [hours.map((hour) => new Date(hour / 1000).toISOString())],
    });
  }
}
