import { baseTable, sameValue } from './base';
import { columnType, formulaSql, groupBy, output, rankSql, type ResultColumn } from './formulas';
import { NOT_SET, OTHER } from './labels';
import { literal } from './literal';
import type { Metric, MetricName } from './metrics';
import type { CostQuery } from './model';
import {
  type CompileOptions,
  DEFAULT_GROUPS,
  keysOf,
  listedFirst,
  makePlan,
  type Plan,
  rankMetric,
  rankSide,
  SIDE_NAMES,
  sideName,
  type SideName,
  sidePlan,
  wholePlan,
} from './plan';
import { eachOf, sideTable } from './sideTables';

export interface CompiledQuery {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Tables and rollups that answer it, e.g. `usage_1d + usage_1h + usage_events`. */
  readonly source: string;
}

const quoted = (name: string): string => `"${name.replace(/"/g, '""').replace(/\$/g, '').replace(/\[\[/g, '[')}"`;

const sharesWhole = ({ metrics }: Plan): boolean => metrics.some(({ formula }) => formula.kind === 'share');

/** A table beside the grouped one: its plan, and the union of its rows. */
interface Side {
  readonly name: SideName;
  readonly plan: Plan;
  readonly base: string;
}

/** That two tables have the same keys. */
const sameKeys = (keys: readonly string[], left: string, right: string): string =>
  keys
    .map((key) =>
      /^k\d/.test(key) ? sameValue(`${left}.${key}`, `${right}.${key}`) : `${left}.${key} = ${right}.${key}`
    )
    .join(' AND ') || 'true';

/** The largest groups. */
function topTable(plan: Plan, sides: readonly Side[]): string {
  const list = plan.groups.join(', ');
  const ranked = sides.find(({ name }) => name === rankSide(plan));
  const from = ranked ? `(${eachOf(ranked.plan, plan.groups, ranked.base)}) AS sums` : 'base';
  return `top AS (\n  SELECT ${list}, true AS hit FROM ${from} GROUP BY ${list} ORDER BY ${rankSql(plan)} DESC NULLS LAST, ${list} LIMIT ${plan.top}\n)`;
}

/** The groups of a short list, found by what it is ordered by. */
function listedTable(order: Plan, limit: number): string {
  const list = order.groups.join(', ');
  const direction = order.query.direction.toUpperCase();
  return `top AS MATERIALIZED (\n  SELECT ${list} FROM listed GROUP BY ${list} ORDER BY ${rankSql(order)} ${direction} NULLS LAST, ${list} LIMIT ${limit}\n)`;
}

/** Every row of a union with the mark whether its group is one of the largest. */
function rankedTable(plan: Plan, base: string, name: string): string {
  const { query, interval, groups } = plan;
  const carried = [
    ...(interval ? ['t'] : []),
    ...plan.distinct,
    ...plan.measures,
    ...plan.perCall.map((name) => `call_${name}`),
  ].map((name) => `${base}.${name}`);
  const folded = groups.map((key) => `CASE WHEN top.hit THEN ${base}.${key} END AS ${key}`);
  // A share is one of everything, so the groups beyond the limit are needed even where they are not shown.
  const join = query.with_other || sharesWhole(plan) ? 'LEFT JOIN' : 'JOIN';
  return `${name} AS (\n  SELECT ${[...carried, 'top.hit IS NULL AS rest', ...folded].join(', ')} FROM ${base} ${join} top ON ${sameKeys(groups, base, 'top')}\n)`;
}

/**
 * What {@link rankedTable} gives for the models of groups, without summing every group by model: those of the largest groups are
 * read alone, and what the rest has is what there is in all, which a far smaller rollup knows, less theirs.
 */
function rankedModels({ plan, base }: Side, name: string): { sql: string[]; sources: string[] } {
  const { query, interval, groups, distinct, measures } = plan;
  const own = [...(interval ? ['t'] : []), ...distinct];
  const row = (values: readonly string[], keys: readonly string[], from: string, rest: boolean) =>
    `SELECT ${[...own, ...values, `${rest} AS rest`, ...keys].join(', ')} FROM ${from}`;
  const nothing = groups.map((key) => `NULL::text AS ${key}`);
  const among = baseTable({ ...plan, isAmongTop: true }, base);
  const whole = query.with_other ? baseTable(wholePlan(plan), `${base}_whole`) : null;
  const rows = [
    row(measures, groups, base, false),
    ...(whole ? [row(measures, nothing, `${base}_whole`, true)] : []),
    ...(whole
      ? [
          row(
            measures.map((measure) => `-${measure} AS ${measure}`),
            nothing,
            base,
            true
          ),
        ]
      : []),
  ];
  const ranked = `${name} AS (\n  ${rows.join('\n  UNION ALL\n  ')}\n)`;
  return {
    sql: [among.sql, ...(whole ? [whole.sql] : []), ranked],
    sources: [...among.sources, ...(whole?.sources ?? [])],
  };
}

/** Whether anything of the union of the plan's own rows is asked for: a row without keys is there in any case. */
const isRead = (plan: Plan): boolean => keysOf(plan).length > 0 || plan.metrics.some((one) => !sideName(one));

/** The metrics per row of the result. */
function groupedTable(plan: Plan, from: string): string {
  const keys = keysOf(plan);
  if (!isRead(plan)) {
    return 'grouped AS (\n  SELECT NULL AS rank_value\n)';
  }
  const computed = plan.metrics
    .filter((one) => !sideName(one))
    .map((one) => `${formulaSql(one, plan, keys)} AS ${one.name}`);
  const rank = rankSide(plan) ? 'NULL' : rankSql(plan);
  return `grouped AS (\n  SELECT ${[...keys, ...computed, `${rank} AS rank_value`].join(', ')} FROM ${from}${groupBy(keys)}\n)`;
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
function finalSelect(plan: Plan, sides: readonly Side[]): string {
  const { query, interval, groups, metrics, top } = plan;
  const columns = [
    ...(interval ? ['grouped.t AS "time"'] : []),
    ...groups.map((key, i) => groupColumn(plan, key, i)),
    ...metrics.map((one) => metricColumn(plan, one)),
  ];
  const join = sides.map(({ name }) => ` LEFT JOIN ${name} ON ${sameKeys(keysOf(plan), 'grouped', name)}`).join('');
  const where = top !== null && sharesWhole(plan) && !query.with_other ? ' WHERE NOT grouped.rest' : '';
  const limit = interval || top !== null || !groups.length ? '' : ` LIMIT ${query.limit ?? DEFAULT_GROUPS}`;
  return `SELECT ${columns.join(', ')} FROM grouped${join}${where}${orderSql(plan)}${limit}`;
}

function orderSql(plan: Plan): string {
  const { query, interval, metrics, top, groups } = plan;
  const direction = query.direction.toUpperCase();
  const group = query.group_by.findIndex((name) => name === query.order_by);
  const named = rankSide(plan) ? rankMetric(plan) : metrics.find(({ name }) => name === query.order_by);
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
  const sides = SIDE_NAMES.filter((name) => plan.metrics.some((one) => sideName(one) === name)).map((name): Side => ({
    name,
    plan: sidePlan(plan, name),
    base: `${name}_base`,
  }));
  const isRanked = plan.top !== null;
  const rankedName = (side: Side) => `${side.name}_ranked`;
  const models = sides.filter(({ name }) => isRanked && name === 'per_model');
  const summed = sides.filter((side) => !models.includes(side));
  const few = listedFirst(plan);
  const order = few && baseTable(few.order, 'listed');
  const base = few ? baseTable({ ...plan, isAmongTop: true }) : baseTable(plan);
  const unions = [...(isRead(plan) ? [base] : []), ...summed.map((side) => baseTable(side.plan, side.base))];
  const ofTop = models.map((side) => rankedModels(side, rankedName(side)));
  const tables = [
    ...(few && order ? [order.sql, listedTable(few.order, few.limit)] : []),
    ...unions.map(({ sql }) => sql),
    ...(isRanked ? [topTable(plan, sides), rankedTable(plan, 'base', 'ranked')] : []),
    ...(isRanked ? summed.map((side) => rankedTable(side.plan, side.base, rankedName(side))) : []),
    ...ofTop.flatMap(({ sql }) => sql),
    groupedTable(plan, isRanked ? 'ranked' : 'base'),
    ...sides.map((side) => sideTable(side.plan, side.name, isRanked ? rankedName(side) : side.base)),
  ];
  return {
    sql: `WITH ${tables.join(',\n')}\n${finalSelect(plan, sides)}`,
    columns: [
      ...(plan.interval ? [{ name: 'time', type: 'time' as const, unit: null }] : []),
      ...query.group_by.map((name) => ({ name, type: 'text' as const, unit: null })),
      ...plan.metrics.map(({ name, unit }) => ({ name, type: columnType(unit), unit })),
    ],
    source: [...new Set([...(order ? [order] : []), ...unions, ...ofTop].flatMap(({ sources }) => sources))].join(
      ' + '
    ),
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
