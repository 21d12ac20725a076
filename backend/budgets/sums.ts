import type { Pool, PoolClient } from 'pg';
import { type Filter, filterSql, isTagDimension, parseQuery, ROLLUPS } from '../../src/query';
import { compileNow } from '../query/compileNow';
import type { BudgetRule } from './budget';
import type { Window } from './window';

/** What calls cost, and how many of them are not in it because they have no price. */
export interface Sum {
  /** pico-USD */
  readonly spent: bigint;
  readonly calls: bigint;
  readonly unpriced_calls: bigint;
}

export const NOTHING: Sum = { spent: 0n, calls: 0n, unpriced_calls: 0n };

type Scope = Pick<BudgetRule, 'tenant' | 'scope'>;

/** The filters of a cost query that give the calls of a budget. */
export const scopeFilters = ({ tenant, scope }: Scope): Filter[] =>
  Object.entries({ ...(tenant === null ? {} : { tenant: [tenant] }), ...scope }).map(([dimension, values]) => ({
    dimension: dimension as Filter['dimension'],
    operator: '=',
    values: [...values],
  }));

interface SumRow {
  total_cost: string | null;
  calls: string | null;
  unpriced_calls: string | null;
}

const toSum = (row: SumRow | undefined): Sum => ({
  spent: BigInt((row?.total_cost ?? '0').replace(/\..*/, '')),
  calls: BigInt(row?.calls ?? '0'),
  unpriced_calls: BigInt(row?.unpriced_calls ?? '0'),
});

/** What the calls of a scope in [start, end) cost, from the rollups and single calls; exact. */
export async function sumOf(client: Pool | PoolClient, scope: Scope, { start, end }: Window): Promise<Sum> {
  if (end <= start) {
    return NOTHING;
  }
  const query = parseQuery({
    from: new Date(start).toISOString(),
    to: new Date(end).toISOString(),
    metrics: ['total_cost', 'calls', 'unpriced_calls'],
    filters: scopeFilters(scope),
  });
  const { rows } = await client.query<SumRow>(compileNow(query).sql);
  return toSum(rows[0]);
}

/** What each run of a scope cost over all time. */
export async function sumsOfRuns(client: Pool | PoolClient, scope: Scope): Promise<Map<string, Sum>> {
  const filters = scopeFilters(scope);
  const runs = ROLLUPS.find(({ name }) => name === 'usage_run_1d')!;
  const known = filters.every(({ dimension }) => !isTagDimension(dimension) && runs.dimensions.has(dimension as never));
  const [calls, unpriced] = known
    ? ['sum(calls)', 'sum(unpriced_calls)']
    : ['count(*)', 'count(*) FILTER (WHERE total_cost IS NULL)'];
  const where = ["run_id <> ''", ...filters.map(filterSql)].join(' AND ');
  const { rows } = await client.query<SumRow & { run_id: string }>(
    `SELECT run_id, coalesce(sum(total_cost), 0)::text AS total_cost, ${calls}::text AS calls,
       ${unpriced}::text AS unpriced_calls
     FROM public.${known ? runs.name : 'usage_events'} WHERE ${where} GROUP BY run_id`
  );
  return new Map(rows.map((row) => [row.run_id, toSum(row)]));
}
