import type { Pool } from 'pg';
import { type Filter, type MetricName, parseQuery } from '../../src/query';
import { usdSumToPico } from '../pricing/decimal';
import { type Cell, queryRows } from '../query/runQuery';
import type { Tokens } from './arithmetic';

/** RFC 3339, `[from, to)`. */
export interface Period {
  readonly from: string;
  readonly to: string;
}

/** What a model did for a feature in a period: priced calls only. */
export interface Work {
  readonly tenant: string;
  readonly feature: string | null;
  readonly operation: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly service_tier: string | null;
  readonly calls: number;
  readonly successes: number;
  readonly score: number | null;
  readonly tokens: Tokens;
  /** pico-USD */
  readonly cost: bigint;
  readonly cacheReadCost: bigint;
  readonly cacheWriteCost: bigint;
  readonly cacheSavings: bigint;
}

export const GROUPS = ['tenant', 'feature', 'operation', 'provider', 'model', 'service_tier'] as const;
const METRICS = [
  'calls',
  'successes',
  'score',
  'input_tokens',
  'cache_read_tokens',
  'cache_write_tokens',
  'output_tokens',
  'total_cost',
  'cache_read_cost',
  'cache_write_cost',
  'cache_savings',
] as const satisfies readonly MetricName[];
const MOST = 10_000;

const text = (cell: Cell | undefined): string | null => (cell === null || cell === undefined ? null : String(cell));
const whole = (cell: Cell | undefined): bigint => BigInt(text(cell) ?? '0');
const money = (cell: Cell | undefined): bigint => {
  const usd = text(cell) ?? '0';
  return usd.startsWith('-') ? -usdSumToPico(usd.slice(1)) : usdSumToPico(usd);
};

function toWork(row: readonly Cell[]): Work {
  const [tenant, feature, operation, provider, model, tier] = row;
  const [calls, successes, score, input, read, write, output, cost, readCost, writeCost, savings] = row.slice(
    GROUPS.length
  );
  return {
    tenant: String(tenant),
    feature: text(feature),
    operation: text(operation),
    provider: text(provider),
    model: text(model),
    service_tier: text(tier),
    calls: Number(calls),
    successes: Number(successes),
    score: score === null || score === undefined ? null : Number(score),
    tokens: {
      input: whole(input) - whole(read) - whole(write),
      cache_read: whole(read),
      cache_write: whole(write),
      output: whole(output),
    },
    cost: money(cost),
    cacheReadCost: money(readCost),
    cacheWriteCost: money(writeCost),
    cacheSavings: money(savings),
  };
}

const PRICED: Filter = { dimension: 'unpriced_reason', operator: '=', values: [''] };

/**
 * The priced work of a period, by tenant, feature, operation, model and service tier.
 *
 * @param tenants whose; null for all
 * @throws QueryError for filters that make no sense.
 */
export async function workOf(
  pool: Pool,
  period: Period,
  filters: readonly Filter[],
  tenants: readonly string[] | null
): Promise<Work[]> {
  const query = parseQuery({
    ...period,
    metrics: METRICS,
    group_by: GROUPS,
    filters: [...filters, PRICED],
    order_by: 'total_cost',
    limit: MOST,
  });
  return (await queryRows(pool, query, tenants)).map(toWork);
}

/** Features of tenants whose calls never name a user: nobody waits for them. */
export async function unattended(
  pool: Pool,
  period: Period,
  tenants: readonly string[] | null
): Promise<ReadonlySet<string>> {
  const query = parseQuery({ ...period, metrics: ['users', 'calls'], group_by: ['tenant', 'feature'], limit: MOST });
  const rows = await queryRows(pool, query, tenants);
  return new Set(
    rows.filter(([, , users]) => Number(users) === 0).map(([tenant, feature]) => featureKey(tenant, feature))
  );
}

export const featureKey = (tenant: Cell | undefined, feature: Cell | undefined): string =>
  JSON.stringify([tenant ?? null, feature ?? null]);
