import type { Pool } from 'pg';
import type { UnpricedReason } from '../events/usageEvent';

/** Calls without a price that are alike. */
export interface UnpricedUsage {
  readonly reason: UnpricedReason;
  readonly provider: string | null;
  readonly model: string | null;
  readonly deployment: string | null;
  readonly calls: number;
  /** Those of them that did not end ok: without usage they may have cost nothing. */
  readonly failed_calls: number;
  /** Input and output. */
  readonly tokens: number;
  /** Begin of the hour (UTC) of the first call: the hourly rollup answers, and knows no more. */
  readonly first_seen: Date;
  /** Begin of the hour of the last call. */
  readonly last_seen: Date;
}

export interface UnpricedScope {
  /** ms since 1970; whole hours (UTC) that begin in `[from, to)` are counted. */
  readonly from: number;
  readonly to: number;
  /** Calls of these tenants only; null for all. */
  readonly tenants: readonly string[] | null;
}

/** Unpriced usage by reason, provider, model and deployment, the most calls first. */
export async function unpricedUsage(
  pool: Pool,
  { from, to, tenants }: UnpricedScope,
  limit: number
): Promise<UnpricedUsage[]> {
  const { rows } = await pool.query<
    Omit<UnpricedUsage, 'calls' | 'failed_calls' | 'tokens'> & { calls: bigint; failed_calls: bigint; tokens: bigint }
  >(
    `SELECT unpriced_reason AS reason, provider, model, deployment, sum(unpriced_calls)::bigint AS calls,
       coalesce(sum(unpriced_calls) FILTER (WHERE status <> 'ok'), 0)::bigint AS failed_calls,
       sum(unpriced_tokens)::bigint AS tokens, min(bucket) AS first_seen, max(bucket) AS last_seen
     FROM public.usage_1h
     WHERE bucket >= date_trunc('hour', $1::timestamptz, 'UTC') AND bucket < $2 AND unpriced_reason IS NOT NULL
       AND ($3::text[] IS NULL OR tenant = ANY ($3))
     GROUP BY unpriced_reason, provider, model, deployment ORDER BY calls DESC, provider, model, deployment LIMIT $4`,
    [new Date(from), new Date(to), tenants, limit]
  );
  return rows.map((row) => ({
    ...row,
    calls: Number(row.calls),
    failed_calls: Number(row.failed_calls),
    tokens: Number(row.tokens),
  }));
}

/** The hour (ms since 1970) of the first unpriced call of a provider and model; null when there is none. */
export async function firstUnpriced(
  pool: Pool,
  { provider, model, tenant }: { provider: string | null; model: string; tenant: string | null }
): Promise<number | null> {
  const { rows } = await pool.query<{ first: Date | null }>(
    `SELECT min(bucket) AS first FROM public.usage_1h
     WHERE unpriced_reason IS NOT NULL AND provider IS NOT DISTINCT FROM $1 AND model = $2
       AND ($3::text IS NULL OR tenant = $3)`,
    [provider, model, tenant]
  );
  return rows[0]?.first?.getTime() ?? null;
}
