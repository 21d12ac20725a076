import type { Pool } from 'pg';
import { z } from 'zod';
import { parseInstant } from '../pricing/instant';
import { timestamp } from '../storage/eventColumns';
import { inTransaction } from '../storage/transaction';

/** A release as `POST /v1/releases` takes it. */
export const releaseSchema = z.strictObject({
  tenant: z.string().min(1).max(200).optional().describe('Default: unknown, as for calls that name none'),
  service: z.string().min(1).max(200),
  version: z.string().min(1).max(200).describe('As calls carry it in service.version'),
  time: z
    .string()
    .refine((text) => parseInstant(text) !== undefined, 'must be a time like 2026-01-31T00:00:00Z')
    .optional()
    .describe('Default: now'),
  environment: z.string().min(1).max(200).optional().describe('Default: every environment'),
  url: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .max(2_000)
    .optional(),
  description: z.string().max(2_000).optional(),
});
export type ReleaseInput = z.output<typeof releaseSchema>;
export const RELEASE_FIELDS = Object.keys(releaseSchema.shape);

/**
 * Stores releases; one that is there already (same tenant, service, version, environment) takes what is given anew. What was
 * only seen in calls gives way to what is posted. All releases of the services are compared again.
 *
 * @param bound the tenant that the caller's key is bound to
 * @param now µs since 1970
 */
export async function storeReleases(
  pool: Pool,
  inputs: readonly ReleaseInput[],
  bound: string | null,
  by: string,
  now: number
): Promise<void> {
  await inTransaction(pool, async (client) => {
    for (const input of inputs) {
      const of = [bound ?? input.tenant ?? 'unknown', input.service];
      await client.query(
        `DELETE FROM public.releases WHERE tenant = $1 AND service = $2 AND version = $3 AND origin = 'seen'`,
        [...of, input.version]
      );
      const { rowCount } = await client.query(
        `INSERT INTO public.releases AS held (tenant, service, version, environment, time, url, description, origin, created_by)
         VALUES ($1, $2, $3, $4, coalesce($5, $6)::timestamptz, $7, $8, 'api', $9)
         ON CONFLICT (tenant, service, version, coalesce(environment, '')) DO UPDATE SET
           time = coalesce($5::timestamptz, held.time), url = coalesce(excluded.url, held.url),
           description = coalesce(excluded.description, held.description), origin = 'api'
         WHERE (held.time, held.url, held.description) IS DISTINCT FROM (coalesce($5::timestamptz, held.time),
           coalesce(excluded.url, held.url), coalesce(excluded.description, held.description))`,
        [
          ...of,
          input.version,
          input.environment ?? null,
          input.time === undefined ? null : timestamp(parseInstant(input.time)!),
          timestamp(now),
          input.url ?? null,
          input.description ?? null,
          by.slice(0, 200),
        ]
      );
      if (rowCount) {
        // The releases beside it end and begin elsewhere now.
        await client.query('UPDATE public.releases SET measured_at = NULL WHERE tenant = $1 AND service = $2', of);
      }
    }
  });
}

/** How long it takes until a release whose calls still come is compared again. */
const AGAIN = '10 minutes';
/** Calls may come late: a release is compared once more this long after its last day. */
const LATE = '1 hour';
const MOST = 20;

/** Most hours of late calls in one round. */
const MOST_HOURS = 1_000;

/** Adds the versions that calls carry and nobody posted, at the hour of their first call. */
async function findVersions(pool: Pool): Promise<void> {
  await inTransaction(pool, async (client) => {
    const { rows: progress } = await client.query<{ until: string }>(
      'SELECT until::text FROM public.release_progress FOR UPDATE'
    );
    // A mark that is locked belongs to calls that are not there yet.
    const { rows: late } = await client.query<{ hour: Date }>(
      `DELETE FROM public.release_dirty WHERE hour IN (
         SELECT hour FROM public.release_dirty ORDER BY hour LIMIT ${MOST_HOURS} FOR UPDATE SKIP LOCKED) RETURNING hour`
    );
    await client.query(
      `WITH found AS (
         INSERT INTO public.releases AS held (tenant, service, version, time, origin, created_by)
         SELECT tenant, service, release, min(bucket), 'seen', 'service.version' FROM public.usage_1h usage
         WHERE (bucket >= $1::timestamptz OR bucket = ANY ($2)) AND service IS NOT NULL AND release IS NOT NULL
           AND NOT EXISTS (SELECT FROM public.releases known WHERE known.tenant = usage.tenant AND known.origin = 'api'
             AND known.service = usage.service AND known.version = usage.release)
         GROUP BY tenant, service, release
         ON CONFLICT (tenant, service, version, coalesce(environment, '')) DO UPDATE SET time = excluded.time
           WHERE held.origin = 'seen' AND excluded.time < held.time
         RETURNING tenant, service)
       UPDATE public.releases beside SET measured_at = NULL FROM (SELECT DISTINCT tenant, service FROM found) changed
       WHERE beside.tenant = changed.tenant AND beside.service = changed.service`,
      [progress[0]!.until, late.map(({ hour }) => hour)]
    );
    await client.query(
      `UPDATE public.release_progress SET until = greatest(until, date_trunc('hour', now(), 'UTC') - interval '2 hours')`
    );
  });
}

/** Compares what is to be compared. @returns how many releases; as many as it takes at once when there are more. */
async function measureDue(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ release_id: bigint }>(
    `SELECT release_id FROM public.releases
     WHERE time <= now() AND (measured_at IS NULL
       OR (measured_at < now() - interval '${AGAIN}' AND measured_at < time + interval '7 days ${LATE}'))
     ORDER BY measured_at NULLS FIRST, time DESC LIMIT ${MOST}`
  );
  for (const { release_id: id } of rows) {
    await inTransaction(pool, (client) => client.query('SELECT public.measure_release($1)', [id]));
  }
  return rows.length;
}

/** Finds new versions in calls and compares releases with what was before them. Any replica may run it. */
export async function refreshReleases(pool: Pool): Promise<void> {
  await findVersions(pool);
  while ((await measureDue(pool)) === MOST) {
    // Until none is due.
  }
}
