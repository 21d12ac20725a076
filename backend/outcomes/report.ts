import type { Pool } from 'pg';
import { type Filter, parseQuery } from '../../src/query';
import { picoToUsd } from '../pricing/decimal';
import { type Cell, queryRows } from '../query/runQuery';

const METRICS = [
  'total_cost',
  'calls',
  'successes',
  'success_ratio',
  'cost_per_success',
  'of_target',
  'wasted_cost',
  'retries',
  'retry_cost',
  'cost_per_tool_success',
  'cost_per_point',
  'score',
  'ratings',
] as const;

/** What a tenant's feature spent and what came of it. Amounts are USD, decimal text; null where it is not known. */
export type EfficiencyRow = Readonly<Record<(typeof METRICS)[number], Cell>> & {
  readonly tenant: Cell;
  readonly feature: Cell;
  /** What a success may cost, USD. */
  readonly target: string;
};

/**
 * Cost per success against its target, per tenant and feature, the costliest first.
 *
 * @param from RFC 3339, included
 * @param to RFC 3339, excluded
 * @throws QueryError for filters that make no sense.
 */
export async function efficiency(
  pool: Pool,
  { from, to, filters = [] }: { from: string; to: string; filters?: readonly Filter[] },
  tenants: readonly string[] | null
): Promise<EfficiencyRow[]> {
  const query = parseQuery({ from, to, filters, metrics: METRICS, group_by: ['tenant', 'feature'], limit: 1_000 });
  const rows = await queryRows(pool, query, tenants);
  const { rows: targets } = await pool.query<{ target: bigint }>(
    `SELECT public.success_target(tenant, feature) AS target
     FROM unnest($1::text[], $2::text[]) WITH ORDINALITY wanted (tenant, feature, place) ORDER BY place`,
    [rows.map(([tenant]) => tenant), rows.map(([, feature]) => feature)]
  );
  return rows.map(([tenant, feature, ...values], i) => {
    const { target } = targets[i]!;
    const measured = Object.fromEntries(METRICS.map((name, at) => [name, values[at] ?? null]));
    return {
      tenant: tenant ?? null,
      feature: feature ?? null,
      ...(measured as Record<(typeof METRICS)[number], Cell>),
      target: picoToUsd(target),
    };
  });
}
