import type { DataQuery, DataSourceRef } from '@grafana/schema';
import { compile, type CompiledQuery, type CostQuery, metric, type MetricName } from '../../query';
import type { LlmCostQuery } from '../types';
import { factor, factorSql } from './scale';
import { type QueryContext, queryZone, stretchOf, toCostQuery } from './toCostQuery';
import { timeWindow } from './windows';

/** A query as Grafana's PostgreSQL data source takes it. */
export interface PostgresQuery extends DataQuery {
  rawSql: string;
  rawQuery: true;
  editorMode: 'code';
  format: 'time_series' | 'table';
}

export function postgresQuery(
  { refId, hide, format }: LlmCostQuery,
  datasource: DataSourceRef,
  rawSql: string
): PostgresQuery {
  return { refId, hide, datasource, rawSql, rawQuery: true, editorMode: 'code', format: format ?? 'time_series' };
}

/** Sums that leave unpriced calls out without it being seen. */
const LEAVES_OUT: ReadonlySet<MetricName> = new Set(['reported_cost']);
const isCostMetric = (name: MetricName): boolean =>
  !LEAVES_OUT.has(name) &&
  (metric(name).unit === 'usd' || metric(name).unit === 'tokens_per_usd' || name === 'cost_share');

/** Column that rides along to tell how much a cost leaves out; undefined when the query shows no cost, or shows it itself. */
export function unpricedColumn(query: CostQuery): MetricName | undefined {
  const asked = query.metrics.some((name) => name === 'unpriced_calls' || name === 'unpriced_tokens');
  if (asked || !query.metrics.some(isCostMetric)) {
    return undefined;
  }
  return query.group_by.includes('cost_type') ? 'unpriced_tokens' : 'unpriced_calls';
}

export interface PanelQuery {
  readonly query: CostQuery;
  readonly compiled: CompiledQuery;
  readonly unpriced: MetricName | undefined;
  /** What sums over the range are multiplied with, which the SQL does itself. */
  readonly factor?: number;
}

/**
 * The SQL of a query over a known range.
 *
 * @throws QueryError when the query can't be answered.
 */
export function compileForPanel(query: LlmCostQuery, context: QueryContext): PanelQuery {
  const costQuery = toCostQuery(query, context);
  const unpriced = unpricedColumn(costQuery);
  const metrics = unpriced ? [...costQuery.metrics, unpriced] : costQuery.metrics;
  const by = query.scale && !costQuery.interval ? factor(query.scale, stretchOf(query, context)) : undefined;
  const scale = by ? { factor: `(${by.over} / ${by.under}.0)`, metrics: costQuery.metrics } : undefined;
  return {
    query: costQuery,
    compiled: compile({ ...costQuery, metrics }, { dialect: 'grafana', scale, now: context.now }),
    unpriced,
    factor: by && by.over / by.under,
  };
}

/**
 * The SQL of a query whose range is filled in when it runs: alert rules and server-side expressions.
 *
 * @throws QueryError when the query can't be answered.
 */
export function compileForLater(query: LlmCostQuery, context: QueryContext): CompiledQuery {
  const costQuery = toCostQuery(query, context);
  const window = timeWindow(query.window ?? 'panel').sql(queryZone(query, context));
  const by = query.scale && !costQuery.interval ? factorSql(query.scale, window) : undefined;
  const scale = by ? { factor: by, metrics: costQuery.metrics } : undefined;
  return compile(costQuery, { dialect: 'grafana', window, scale });
}
