import type { Pool } from 'pg';

/** What the Setup page shows of the data that has arrived. */
export interface DataStatus {
  readonly events_total: number;
  readonly last_event_at: string | null;
  /** Without those that failed before they reported usage: most of them cost nothing, and no price would mend them. */
  readonly unpriced_calls_24h: number;
  readonly calls_24h: number;
  /** Receivers and instrumentations seen in the last 7 days, the busiest first; `last_seen` is known to the hour. */
  readonly sources: ReadonlyArray<{ readonly source: string; readonly calls: number; readonly last_seen: string }>;
}

/** @param tenants only calls of these tenants; null for all. */
export async function readStatus(pool: Pool, tenants: readonly string[] | null): Promise<DataStatus> {
  const mine = '($1::text[] IS NULL OR tenant = ANY ($1))';
  const { rows: totals } = await pool.query<{ events: string; last: Date | null; day: string; unpriced: string }>(
    `SELECT
       (SELECT coalesce(sum(calls), 0)::text FROM public.usage_core_1d WHERE ${mine}) AS events,
       (SELECT max(time) FROM public.usage_events WHERE time > now() - interval '30 days' AND ${mine}) AS last,
       (SELECT coalesce(sum(calls), 0)::text FROM public.usage_core_1h WHERE bucket > now() - interval '24 hours' AND ${mine}) AS day,
       (SELECT coalesce(sum(unpriced_calls), 0)::text FROM public.usage_1h WHERE bucket > now() - interval '24 hours'
          AND (status = 'ok' OR unpriced_reason <> 'no_usage') AND ${mine}) AS unpriced`,
    [tenants]
  );
  const { rows: sources } = await pool.query<{ source: string; calls: string; last: Date }>(
    `SELECT source, sum(calls)::text AS calls, least(max(bucket) + interval '1 hour', now()) AS last FROM public.usage_1h
     WHERE bucket > now() - interval '7 days' AND ${mine} GROUP BY source ORDER BY sum(calls) DESC LIMIT 50`,
    [tenants]
  );
  const total = totals[0]!;
  return {
    events_total: Number(total.events),
    last_event_at: total.last?.toISOString() ?? null,
    unpriced_calls_24h: Number(total.unpriced),
    calls_24h: Number(total.day),
    sources: sources.map(({ source, calls, last }) => ({
      source,
      calls: Number(calls),
      last_seen: last.toISOString(),
    })),
  };
}
