import type { Pool, PoolClient } from 'pg';
import type { CostType } from '../../src/query';
import { costTypeLabel, type Line, lineId, type LineSubject, monthRange } from './line';

/** Nobody said what a currency was worth on a day. */
export class MissingRate extends Error {
  override name = 'MissingRate';
}

interface UsageRow extends Omit<LineSubject, 'cost_type'> {
  cost_type: CostType;
  quantity: string;
  calls: string;
  amount: string;
  converted: string | null;
}

/** Days are UTC; each is converted at its own rate, and each line rounded once. Calls without a price have no line. */
const SQL = `
  WITH days AS (
    SELECT date_trunc('day', time, 'UTC') AS day, tenant, team, cost_center, project, provider, model, service_tier, price_id,
      count(*) AS calls, sum(input_tokens) AS input, sum(cache_read_tokens) AS cache_read,
      sum(coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0)) AS cache_write,
      sum(output_tokens) AS output, sum(input_cost) AS input_cost, sum(cache_read_cost) AS cache_read_cost,
      sum(cache_write_cost) AS cache_write_cost, sum(output_cost) AS output_cost, sum(other_cost) AS other_cost
    FROM public.usage_events
    WHERE time >= $1 AND time < $2 AND total_cost IS NOT NULL AND ($3::text[] IS NULL OR tenant = ANY ($3))
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ), rates AS (
    SELECT day, public.currency_rate_on($4, (day AT TIME ZONE 'UTC')::date) AS rate FROM (SELECT DISTINCT day FROM days) one
  )
  SELECT tenant, team, cost_center, project, provider, model, service_tier, price_id, cost_type,
    sum(quantity)::text AS quantity, sum(calls)::text AS calls, sum(cost)::text AS amount,
    CASE WHEN bool_and(rate IS NOT NULL) THEN round(sum(cost * rate))::text END AS converted
  FROM days JOIN rates USING (day)
  CROSS JOIN LATERAL (VALUES
    ('input', coalesce(input, 0) - coalesce(cache_read, 0) - cache_write, input_cost),
    ('cache_read', coalesce(cache_read, 0), cache_read_cost), ('cache_write', cache_write, cache_write_cost),
    ('output', coalesce(output, 0), output_cost), ('other', calls, other_cost)
  ) part (cost_type, quantity, cost)
  GROUP BY tenant, team, cost_center, project, provider, model, service_tier, price_id, cost_type
  HAVING sum(cost) <> 0 OR (sum(quantity) <> 0 AND cost_type <> 'other')
  ORDER BY tenant, cost_center, team, project, provider, model, service_tier, price_id, cost_type`;

const describe = ({ provider, model, cost_type: type }: UsageRow): string =>
  [[provider, model].filter(Boolean).join(' ') || 'unknown model', costTypeLabel(type).toLowerCase()].join(', ');

/**
 * What the calls of a month cost, by whom is charged, what ran, the price row and the cost type. Whole and exact: the lines
 * add up to the cost of the month's priced calls.
 *
 * @param tenants whose; null for all
 * @throws MissingRate when the currency has no rate up to one of the days.
 */
export async function usageLines(
  client: Pool | PoolClient,
  month: string,
  currency: string,
  tenants: readonly string[] | null
): Promise<Line[]> {
  const { from, to } = monthRange(month);
  const { rows } = await client.query<UsageRow>(SQL, [from, to, tenants, currency]);
  return rows.map((row) => {
    if (row.converted === null) {
      throw new MissingRate(
        `${currency} has no rate for ${month} or before it: POST /v1/currencies, or ask for the statement in USD`
      );
    }
    return {
      ...row,
      line_id: lineId('usage', month, month, row),
      kind: 'usage',
      month,
      of_month: month,
      description: describe(row),
      quantity: BigInt(row.quantity),
      calls: BigInt(row.calls),
      amount: BigInt(row.amount),
      converted: BigInt(row.converted),
    };
  });
}

/** Calls of the month that no line stands for because they have no price, and whether single calls of it are still kept. */
export async function unpricedOf(
  client: Pool | PoolClient,
  month: string,
  tenants: readonly string[] | null
): Promise<{ readonly unpriced: number; readonly complete: boolean }> {
  const { from, to } = monthRange(month);
  const { rows } = await client.query<{ calls: string; unpriced: string; summed: string }>(
    `SELECT calls.*, (SELECT coalesce(sum(calls), 0) FROM public.usage_core_1d
       WHERE bucket >= $1 AND bucket < $2 AND ($3::text[] IS NULL OR tenant = ANY ($3)))::text AS summed
     FROM (SELECT count(*)::text AS calls, (count(*) FILTER (WHERE total_cost IS NULL))::text AS unpriced
       FROM public.usage_events WHERE time >= $1 AND time < $2 AND ($3::text[] IS NULL OR tenant = ANY ($3))) calls`,
    [from, to, tenants]
  );
  const { calls, unpriced, summed } = rows[0]!;
  return { unpriced: Number(unpriced), complete: calls === summed };
}
