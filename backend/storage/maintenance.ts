import type { Pool } from 'pg';
import type { Logger } from 'pino';
import { repeat, type Running } from '../repeating';
import { compressRollups, refreshRollups } from './rollups';
import { inTransaction } from './transaction';

export interface MaintenanceOptions {
  readonly pool: Pool;
  readonly log: Logger;
  readonly intervalMs?: number;
}

const COMPRESS_EVERY_MS = 15 * 60_000;

/**
 * Keeps the rollups up to date and compressed. Compression and retention of events are TimescaleDB's own policies: its
 * background workers run them on a native database, the embedded engine's scheduler on the embedded one. Every replica of
 * the collector may run this; one works at a time.
 */
export function startMaintenance({ pool, log, intervalMs = 1_000 }: MaintenanceOptions): Running {
  const refresh = async (): Promise<void> => {
    const { hours } = await refreshRollups(pool);
    if (hours > 0) {
      log.debug({ hours }, 'rollups refreshed');
    }
  };
  const compress = async (): Promise<void> => {
    const chunks = await compressRollups(pool);
    if (chunks > 0) {
      log.debug({ chunks }, 'rollups compressed');
    }
  };
  const meanwhile = 'reports stay exact, but slower';
  const jobs = [
    repeat({ name: 'refreshing the rollups', everyMs: intervalMs, run: refresh, meanwhile }, log),
    repeat({ name: 'compressing the rollups', everyMs: COMPRESS_EVERY_MS, run: compress, meanwhile }, log),
  ];
  return {
    stop: async () => {
      await Promise.all(jobs.map((job) => job.stop()));
    },
  };
}

/**
 * Keeps events for at least so many whole days and drops them, a day at a time, about two days later; null keeps them for
 * ever. Rollups stay in either case. Events that are older when they arrive are refused (migration 0004).
 *
 * @throws RangeError for anything but a whole number of days ≥ 1.
 */
export async function setRetention(pool: Pool, days: number | null): Promise<void> {
  if (days !== null && (!Number.isSafeInteger(days) || days < 1)) {
    throw new RangeError(`events can be kept for a whole number of days from 1 on, not ${days}`);
  }
  await inTransaction(pool, async (client) => {
    const { rows } = await client.query<{ days: number | null }>(
      `SELECT extract(day FROM (config ->> 'drop_after')::interval)::int AS days FROM timescaledb_information.jobs
       WHERE hypertable_schema = 'public' AND hypertable_name = 'usage_events' AND proc_name = 'policy_retention'`
    );
    // One more: see oldest_accepted_time in migration 0004.
    const wanted = days === null ? null : days + 1;
    if ((rows[0]?.days ?? null) === wanted) {
      return;
    }
    await client.query(`SELECT remove_retention_policy('public.usage_events', if_exists => true)`);
    if (wanted !== null) {
      await client.query(`SELECT add_retention_policy('public.usage_events', make_interval(days => $1))`, [wanted]);
    }
  });
}

/** Events before this instant (ms since 1970) are refused; null when events are kept for ever. */
export async function oldestAcceptedTime(pool: Pool): Promise<number | null> {
  const { rows } = await pool.query<{ oldest: Date | null }>('SELECT public.oldest_accepted_time() AS oldest');
  return rows[0]?.oldest?.getTime() ?? null;
}
