import { baseTable } from './base';
import { columnType, formulaSql, groupBy, output, rankSql, type ResultColumn } from './formulas';
import { NOT_SET, OTHER } from './labels';
import { literal } from './literal';
import type { Metric, MetricName } from './metrics';
import type { CostQuery } from './model';
import { type CompileOptions, keysOf, makePlan, type Plan } from './plan';
import { sideName, sideTables } from './sideTables';

export interface CompiledQuery {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Tables and rollups that answer it, e.g. `usage_1d + usage_1h + usage_events`. */
  readonly source: string;
}

const DEFAULT_GROUPS = 1_000;

const quoted = (name: string): string => `"${name.replace(/"/g, '""').replace(/\$/g, '').replace(/\[\[/g, '[')}"`;

const sharesWhole = ({ metrics }: Plan): boolean => metrics.some(({ formula }) => formula.kind === 'share');

/** The largest groups, and every row with the mark whether its group is one of them. */
function topTables(plan: Plan): string[] {
  const { query, interval, groups, top } = plan;
  if (top === null) {
    return [];
  }
  const list = groups.join(', ');
  const same = groups.map((key) => `base.${key} IS NOT DISTINCT FROM top.${key}`).join(' AND ');
  const carried = [
    ...(interval ? ['t'] : []),
    ...plan.distinct,
    ...plan.measures,
    ...plan.perCall.map((name) => `call_${name}`),
  ].map((name) => `base.${name}`);
  const folded = groups.map((key) => `CASE WHEN top.hit THEN base.${key} END AS ${key}`);
  // A share is one of everything, so the groups beyond the limit are needed even where they are not shown.
  const join = query.with_other || sharesWhole(plan) ? 'LEFT JOIN' : 'JOIN';
  return [
    `top AS (\n  SELECT ${list}, true AS hit FROM base GROUP BY ${list} ORDER BY ${rankSql(plan)} DESC NULLS LAST, ${list} LIMIT ${top}\n)`,
    `ranked AS (\n  SELECT ${[...carried, 'top.hit IS NULL AS rest', ...folded].join(', ')} FROM base ${join} top ON ${same}\n)`,
  ];
}

/** The metrics per row of the result. */
function groupedTable(plan: Plan, from: string): string {
  const keys = keysOf(plan);
  const computed = plan.metrics.map((one) => `${formulaSql(one, plan, keys)} AS ${one.name}`);
  return `grouped AS (\n  SELECT ${[...keys, ...computed, `${rankSql(plan)} AS rank_value`].join(', ')} FROM ${from}${groupBy(keys)}\n)`;
}

const tableOf = (metric: Metric): string => sideName(metric) ?? 'grouped';

function metricColumn({ options }: Plan, one: Metric): string {
  const { name, formula, unit } = one;
  const plain = `${tableOf(one)}.${name}`;
  const { scale, dialect } = options;
  const scaled = scale && formula.kind === 'sum' && scale.metrics.includes(name) ? `${plain} * ${scale.factor}` : plain;
  return `${output(scaled, unit, dialect)} AS ${quoted(name)}`;
}

function groupColumn({ query, options, top }: Plan, key: string, i: number): string {
  const text = options.dialect === 'grafana' ? `coalesce(grouped.${key}, ${literal(NOT_SET)})` : `grouped.${key}`;
  const named =
    top !== null && query.with_other ? `CASE WHEN grouped.rest THEN ${literal(OTHER)} ELSE ${text} END` : text;
  return `${named} AS ${quoted(query.group_by[i]!)}`;
}

/** The last step: columns by their names, in order. */
function finalSelect(plan: Plan, sides: readonly string[]): string {
  const { query, interval, groups, metrics, top } = plan;
  const columns = [
    ...(interval ? ['grouped.t AS "time"'] : []),
    ...groups.map((key, i) => groupColumn(plan, key, i)),
    ...metrics.map((one) => metricColumn(plan, one)),
  ];
  const same = (side: string) =>
    keysOf(plan)
      .map((key) => `grouped.${key} IS NOT DISTINCT FROM ${side}.${key}`)
      .join(' AND ') || 'true';
  const join = sides.map((side) => ` LEFT JOIN ${side} ON ${same(side)}`).join('');
  const where = top !== null && sharesWhole(plan) && !query.with_other ? ' WHERE NOT grouped.rest' : '';
  const limit = interval || top !== null || !groups.length ? '' : ` LIMIT ${query.limit ?? DEFAULT_GROUPS}`;
  return `SELECT ${columns.join(', ')} FROM grouped${join}${where}${orderSql(plan)}${limit}`;
}

function orderSql({ query, interval, metrics, top, groups }: Plan): string {
  const direction = query.direction.toUpperCase();
  const group = query.group_by.findIndex((name) => name === query.order_by);
  const named = metrics.find(({ name }) => name === query.order_by);
  const main =
    group >= 0
      ? `grouped.k${group + 1} ${direction} NULLS LAST`
      : `${named && sideName(named) ? `${tableOf(named)}.${named.name}` : 'grouped.rank_value'} ${direction} NULLS LAST`;
  const time = interval ? [`grouped.t ${query.order_by === 'time' ? direction : 'ASC'}`] : [];
  const ties = groups.map((key) => `grouped.${key}`);
  const order = [...time, ...(top === null ? [] : ['grouped.rest']), ...(groups.length ? [main] : []), ...ties];
  return order.length ? ` ORDER BY ${order.join(', ')}` : '';
}

/**
 * Compiles a cost query into one SQL statement that any PostgreSQL client can run. Pure; the same for the data source and
 * the collector. Costs are summed as integers of pico-USD; rollups answer whole hours and days, raw events the rest, so
 * that the result equals the one over raw events alone.
 *
 * @throws QueryError when a metric can't be had by cost type.
 */
export function compile(query: CostQuery, options: CompileOptions): CompiledQuery {
  const plan = makePlan(query, options);
  const base = baseTable(plan);
  const from = plan.top === null ? 'base' : 'ranked';
  const sides = sideTables(plan, from);
  const tables = [base.sql, ...topTables(plan), groupedTable(plan, from), ...sides.map(({ sql }) => sql)];
  return {
    sql: `WITH ${tables.join(',\n')}\n${finalSelect(
      plan,
      sides.map(({ name }) => name)
    )}`,
    columns: [
      ...(plan.interval ? [{ name: 'time', type: 'time' as const, unit: null }] : []),
      ...query.group_by.map((name) => ({ name, type: 'text' as const, unit: null })),
      ...plan.metrics.map(({ name, unit }) => ({ name, type: columnType(unit), unit })),
    ],
    source: base.sources.join(' + '),
  };
}

/** The calls and tokens that the query's totals leave out because they have no price. */
export function compileUnpriced(query: CostQuery, options: CompileOptions): CompiledQuery {
  const metrics: MetricName[] = ['unpriced_calls', 'unpriced_tokens'];
  return compile(
    { ...query, metrics, group_by: [], interval: undefined, order_by: undefined, limit: undefined, with_other: false },
    options
  );
}
