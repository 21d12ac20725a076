import {
  checkCostTypeUse,
  type Column,
  filteredCostTypes,
  PER_COST_TYPE,
  perCostType,
  restricted,
} from './costTypeScope';
import type { CostType } from './costTypes';
import { dimension, type DimensionName, isTagDimension } from './dimensions';
import { bucketSql, fits, type Interval, parseInterval } from './interval';
import { instant, literal } from './literal';
import { isCost, type Measure, MEASURES } from './measures';
import { metric, type Metric, type MetricName, type Unit } from './metrics';
import type { CostQuery, Filter, GroupName } from './model';
import { type Rollup, ROLLUPS } from './rollups';
import { cover, type Source } from './segments';

/** What a column holds: `money` is USD (decimal text for the API, a float for drawing in Grafana). */
export interface ResultColumn {
  readonly name: string;
  readonly type: 'time' | 'text' | 'money' | 'integer' | 'number';
  readonly unit: Unit | null;
}

export interface CompileOptions {
  /**
   * `api`: money as text in pico-USD with at most 6 decimals, counts as text, so that nothing is rounded on the way.
   * `grafana`: money as float8 USD, counts as float8, "not set" for missing dimensions.
   */
  readonly dialect: 'api' | 'grafana';
  /** Only these tenants may be seen, whatever the filters say. */
  readonly tenants?: readonly string[];
  /** The rollups that may answer; all of them unless said otherwise, none for the raw events alone. */
  readonly rollups?: readonly Rollup[];
  /** SQL of the range's ends, for queries whose range Grafana fills in when it runs them (alert rules). */
  readonly window?: { readonly from: string; readonly to: string };
  /** SQL of a factor, e.g. `(1 / 30.0)` for the average day of a month, and the metrics it is for; only sums take it. */
  readonly scale?: { readonly factor: string; readonly metrics: readonly string[] };
}

export interface CompiledQuery {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  /** Tables and rollups that answer it, e.g. `usage_1d + usage_1h + usage_events`. */
  readonly source: string;
}

/** Shown for a dimension without a value, and understood by filters. */
export const NOT_SET = '(not set)';
/** Shown for the groups beyond the limit. */
export const OTHER = 'Other';
const DEFAULT_GROUPS = 1_000;
const DEFAULT_TOP = 10;
const DISTINCT_COLUMNS = ['user_id', 'run_id', 'session_id'] as const;
type DistinctColumn = (typeof DISTINCT_COLUMNS)[number];

/** Everything that is decided before any SQL is written. */
interface Plan {
  readonly query: CostQuery;
  readonly options: CompileOptions;
  readonly interval: Interval | null;
  readonly metrics: readonly Metric[];
  readonly measures: readonly Measure[];
  readonly distinct: readonly DistinctColumn[];
  /** Columns of single calls that percentiles are taken over; then only raw events will do. */
  readonly perCall: readonly string[];
  readonly byCostType: boolean;
  readonly costTypes: readonly CostType[] | null;
  readonly levels: readonly Rollup[];
}

/** Measures that a metric is made of. */
function measuresOf({ formula }: Metric): Measure[] {
  switch (formula.kind) {
    case 'sum':
    case 'cumulative':
    case 'share':
    case 'perDistinct':
      return [formula.measure];
    case 'ratio':
      return [formula.over, formula.overMinus, formula.under, formula.underMinus].filter((m) => m !== undefined);
    case 'userPercentile':
      return ['total_cost'];
    default:
      return [];
  }
}

function distinctOf({ formula }: Metric): DistinctColumn[] {
  if (formula.kind === 'userPercentile') {
    return ['user_id'];
  }
  return formula.kind === 'distinct' || formula.kind === 'perDistinct' ? [formula.column] : [];
}

function makePlan(query: CostQuery, options: CompileOptions): Plan {
  const metrics = query.metrics.map((name) => metric(name));
  const byCostType = query.group_by.includes('cost_type');
  const costTypes = filteredCostTypes(query);
  if (byCostType || costTypes) {
    metrics.forEach((one) => checkCostTypeUse(one, measuresOf(one), byCostType));
  }
  const measures = new Set<Measure>(byCostType ? [] : ['calls']);
  metrics.flatMap(measuresOf).forEach((measure) => measures.add(measure));
  if (!measures.has('total_cost') && !metrics.some(({ formula }) => formula.kind === 'sum')) {
    measures.add('total_cost');
  }
  const distinct = [...new Set(metrics.flatMap(distinctOf))];
  const perCall = metrics.flatMap(({ formula }) => (formula.kind === 'percentile' ? [formula.column] : []));
  const plan = {
    query,
    options,
    interval: query.interval ? parseInterval(query.interval) : null,
    metrics,
    measures: [...measures],
    distinct,
    perCall: [...new Set(perCall)],
    byCostType,
    costTypes,
  };
  return { ...plan, levels: chooseRollups(plan) };
}

/**
 * The smallest daily and the smallest hourly rollup that hold every referenced dimension and whose grain makes whole
 * buckets in the query's time zone, the daily one first.
 */
function chooseRollups({ query, options, interval, distinct, perCall }: Omit<Plan, 'levels'>): Rollup[] {
  const names: string[] = [...query.group_by, ...query.filters.map((filter) => filter.dimension), ...distinct];
  const dimensions = names.filter((name) => name !== 'cost_type');
  if (perCall.length) {
    return [];
  }
  const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
  const usable = (options.rollups ?? ROLLUPS).filter(
    (rollup) =>
      dimensions.every((name) => rollup.dimensions.has(name as DimensionName)) &&
      (!interval || fits(interval, query.time_zone, rollup.grain, from, to))
  );
  return [usable.find(({ grain }) => grain === 'day'), usable.find(({ grain }) => grain === 'hour')].filter(
    (rollup) => rollup !== undefined
  );
}

const sourceName = (source: Source): string => (source === 'usage_events' ? source : source.name);

const dimensionSql = (name: GroupName): string => {
  if (name === 'cost_type') {
    return 'ct.cost_type';
  }
  return isTagDimension(name) ? `tags->>${literal(name.slice(5))}` : (dimension(name).sql ?? name);
};

/** A filter as a condition over `usage_events` (or a rollup that has the dimension). Values pass through `literal`. */
export function filterSql({ dimension: name, operator, values }: Filter): string {
  const column = dimensionSql(name);
  const negative = operator.startsWith('!');
  if (operator.endsWith('~')) {
    const hits = values.map((value) => `${column} ~ ${literal(value)}`).join(' OR ') || 'false';
    return negative ? `(${hits}) IS NOT TRUE` : `(${hits})`;
  }
  const set = values.filter((value) => value !== '' && value !== NOT_SET);
  const hits = [
    ...(set.length ? [`${column} IN (${set.map(literal).join(', ')})`] : []),
    ...(set.length < values.length ? [`${column} IS NULL`] : []),
  ];
  const any = hits.join(' OR ') || 'false';
  return negative ? `(${any}) IS NOT TRUE` : `(${any})`;
}

/** Conditions other than time. */
function conditions({ query, options }: Plan): string[] {
  return [
    ...(options.tenants ? [filterSql({ dimension: 'tenant', operator: '=', values: options.tenants })] : []),
    ...query.filters.filter((filter) => filter.dimension !== 'cost_type').map(filterSql),
  ];
}

/** The stretches of time and the source of each, as SQL conditions on that source's time column. */
function stretches(plan: Plan): Array<{ source: Source; when: string }> {
  const { query, options, levels } = plan;
  if (!options.window) {
    return cover(Date.parse(query.from), Date.parse(query.to), levels).map(({ source, from, to }) => {
      const time = source === 'usage_events' ? 'time' : 'bucket';
      return { source, when: `${time} >= ${instant(from)} AND ${time} < ${instant(to)}` };
    });
  }
  const { from, to } = options.window;
  const hourly = levels.find(({ grain }) => grain === 'hour');
  if (!hourly) {
    return [{ source: 'usage_events', when: `time >= ${from} AND time < ${to}` }];
  }
  const first = `time_bucket(INTERVAL '1 hour', ${from} + INTERVAL '1 hour' - INTERVAL '1 microsecond')`;
  const last = `time_bucket(INTERVAL '1 hour', ${to})`;
  return [
    { source: 'usage_events', when: `time >= ${from} AND time < least(${first}, ${to})` },
    { source: hourly, when: `bucket >= ${first} AND bucket < ${last}` },
    { source: 'usage_events', when: `time >= greatest(${first}, ${last}) AND time < ${to}` },
  ];
}

/** One SELECT of the union: keys `t`, `k1` …, distinct columns, and the measures, summed unless percentiles need each call. */
function selectFrom(plan: Plan, source: Source, when: string): string {
  const { query, interval, measures, distinct, perCall, byCostType, costTypes } = plan;
  const column: Column = (measure) => (source === 'usage_events' ? `(${MEASURES[measure]})` : measure);
  const value: Column = (measure) => {
    const divided = byCostType ? PER_COST_TYPE[measure] : undefined;
    return divided ?? (costTypes ? restricted(measure, costTypes, column) : column(measure));
  };
  const time = source === 'usage_events' ? 'time' : 'bucket';
  const keys = [
    ...(interval ? [`${bucketSql(interval, query.time_zone, time)} AS t`] : []),
    ...query.group_by.map((name, i) => `${dimensionSql(name)} AS k${i + 1}`),
    ...distinct,
  ];
  const each = perCall.length > 0;
  const values = measures.map((measure) =>
    each ? `${value(measure)} AS ${measure}` : `sum(${value(measure)}) AS ${measure}`
  );
  const calls = perCall.map((name) => `${name === 'total_cost' ? value('total_cost') : name} AS call_${name}`);
  const from = `public.${sourceName(source)}${byCostType ? ` ${perCostType(costTypes, column)}` : ''}`;
  const where = [when, ...conditions(plan)].join(' AND ');
  const group = !each && keys.length ? ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}` : '';
  return `SELECT ${[...keys, ...values, ...calls].join(', ')} FROM ${from} WHERE ${where}${group}`;
}

/** The metric in SQL over the union; money in pico-USD. */
function formulaSql({ formula }: Metric, plan: Plan, keys: readonly string[]): string {
  const total = (measure: Measure): string => {
    if (!isCost(measure)) {
      return `coalesce(sum(${measure}), 0)`;
    }
    // No calls at all cost nothing; calls without a price cost an unknown amount.
    const alone = !plan.query.group_by.length && !plan.interval;
    return alone ? `CASE WHEN coalesce(sum(calls), 0) = 0 THEN 0 ELSE sum(${measure}) END` : `sum(${measure})`;
  };
  switch (formula.kind) {
    case 'sum':
      return total(formula.measure);
    case 'ratio': {
      const over = [`sum(${formula.over})`, ...(formula.overMinus ? [`coalesce(sum(${formula.overMinus}), 0)`] : [])];
      const under = [
        `sum(${formula.under})`,
        ...(formula.underMinus ? [`coalesce(sum(${formula.underMinus}), 0)`] : []),
      ];
      return `(${over.join(' - ')})::numeric * ${formula.scale ?? 1} / nullif(${under.join(' - ')}, 0)`;
    }
    case 'distinct':
      return `count(DISTINCT ${formula.column})`;
    case 'perDistinct':
      return `sum(${formula.measure}) FILTER (WHERE ${formula.column} IS NOT NULL) / nullif(count(DISTINCT ${formula.column}), 0)`;
    case 'percentile':
      return `(percentile_cont(${formula.fraction}) WITHIN GROUP (ORDER BY call_${formula.column}))`;
    case 'cumulative': {
      const series = keys.filter((key) => key !== 't');
      const partition = series.length ? `PARTITION BY ${series.join(', ')} ` : '';
      return `sum(sum(${formula.measure})) OVER (${partition}ORDER BY t)`;
    }
    case 'share': {
      const total = `sum(sum(${formula.measure})) OVER (${keys.includes('t') ? 'PARTITION BY t' : ''})`;
      return `sum(${formula.measure})::numeric / nullif(${total}, 0)`;
    }
    case 'userPercentile':
      return 'NULL';
  }
}

function columnType(unit: Unit): ResultColumn['type'] {
  if (unit === 'usd') {
    return 'money';
  }
  return unit === 'tokens' || unit === 'calls' || unit === 'count' ? 'integer' : 'number';
}

function output(sql: string, unit: Unit, dialect: CompileOptions['dialect']): string {
  if (dialect === 'grafana') {
    return unit === 'usd' ? `((${sql}) / 1000000000000.0)::float8` : `(${sql})::float8`;
  }
  switch (columnType(unit)) {
    case 'money':
      return `round((${sql})::numeric, 6)::text`;
    case 'integer':
      return `(${sql})::text`;
    default:
      return `(${sql})::float8`;
  }
}

const quoted = (name: string): string => `"${name.replace(/"/g, '""').replace(/\$/g, '').replace(/\[\[/g, '[')}"`;

/** What groups are ranked by: the query's metric in `order_by`, else its first that is a plain number, else cost. */
function rankSql(plan: Plan): string {
  const { order_by } = plan.query;
  const named = plan.metrics.find(({ name }) => name === order_by) ?? plan.metrics[0]!;
  switch (named.formula.kind) {
    case 'cumulative':
    case 'share':
      return `sum(${named.formula.measure})`;
    case 'userPercentile':
      return 'sum(total_cost)';
    default:
      return formulaSql(named, plan, []);
  }
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
  const { interval, metrics } = plan;
  const { dialect } = options;
  const pieces = stretches(plan);
  const groups = query.group_by.map((_, i) => `k${i + 1}`);
  const limit = query.limit ?? (query.with_other ? DEFAULT_TOP : undefined);
  const top = groups.length > 0 && limit !== undefined && (interval !== null || query.with_other);
  const keys = [...(interval ? ['t'] : []), ...(top ? ['rest'] : []), ...groups];
  // A share is one of everything, so the groups beyond the limit are needed even where they are not shown.
  const wholeNeeded = metrics.some(({ formula }) => formula.kind === 'share');

  const tables = [
    `base AS (\n  ${pieces.map(({ source, when }) => selectFrom(plan, source, when)).join('\n  UNION ALL\n  ')}\n)`,
  ];
  if (top) {
    tables.push(
      `top AS (\n  SELECT ${groups.join(', ')}, true AS hit FROM base GROUP BY ${groups.join(', ')} ORDER BY ${rankSql(plan)} DESC NULLS LAST, ${groups.join(', ')} LIMIT ${limit}\n)`
    );
    const same = groups.map((key) => `base.${key} IS NOT DISTINCT FROM top.${key}`).join(' AND ');
    const carried = [
      ...(interval ? ['t'] : []),
      ...plan.distinct,
      ...plan.measures,
      ...plan.perCall.map((name) => `call_${name}`),
    ];
    const folded = groups.map((key) => `CASE WHEN top.hit THEN base.${key} END AS ${key}`);
    tables.push(
      `ranked AS (\n  SELECT ${[...carried.map((name) => `base.${name}`), 'top.hit IS NULL AS rest', ...folded].join(', ')} FROM base ${query.with_other || wholeNeeded ? 'LEFT ' : ''}JOIN top ON ${same}\n)`
    );
  }
  const from = top ? 'ranked' : 'base';
  const userPercentiles = metrics.flatMap(({ name, formula }) =>
    formula.kind === 'userPercentile' ? [{ name, formula }] : []
  );
  const groupBy = keys.length ? ` GROUP BY ${keys.join(', ')}` : '';
  const computed = metrics.map((one) => `${formulaSql(one, plan, keys)} AS ${one.name}`);
  const rank = `${rankSql(plan)} AS rank_value`;
  tables.push(`grouped AS (\n  SELECT ${[...keys, ...computed, rank].join(', ')} FROM ${from}${groupBy}\n)`);
  if (userPercentiles.length) {
    const inner = [...keys, 'user_id'];
    const wanted = userPercentiles.map(
      ({ name, formula }) => `percentile_cont(${formula.fraction}) WITHIN GROUP (ORDER BY cost) AS ${name}`
    );
    tables.push(
      `per_user AS (\n  SELECT ${[...keys, ...wanted].join(', ')} FROM (SELECT ${[...inner, 'sum(total_cost) AS cost'].join(', ')} FROM ${from} WHERE user_id IS NOT NULL GROUP BY ${inner.join(', ')}) AS sums${groupBy}\n)`
    );
  }

  const column = ({ name, formula }: Metric) => {
    const plain = `${formula.kind === 'userPercentile' ? 'per_user' : 'grouped'}.${name}`;
    const { scale } = options;
    return scale && formula.kind === 'sum' && scale.metrics.includes(name) ? `${plain} * ${scale.factor}` : plain;
  };
  const keyText = (key: string, i: number) => {
    const text = dialect === 'grafana' ? `coalesce(grouped.${key}, ${literal(NOT_SET)})` : `grouped.${key}`;
    return `${top && query.with_other ? `CASE WHEN grouped.rest THEN ${literal(OTHER)} ELSE ${text} END` : text} AS ${quoted(query.group_by[i]!)}`;
  };
  const select = [
    ...(interval ? ['grouped.t AS "time"'] : []),
    ...groups.map(keyText),
    ...metrics.map((one) => `${output(column(one), one.unit, dialect)} AS ${quoted(one.name)}`),
  ];
  const join = userPercentiles.length
    ? ` LEFT JOIN per_user ON ${keys.map((key) => `grouped.${key} IS NOT DISTINCT FROM per_user.${key}`).join(' AND ') || 'true'}`
    : '';
  const hideRest = top && wholeNeeded && !query.with_other ? ' WHERE NOT grouped.rest' : '';
  const sql = `WITH ${tables.join(',\n')}\nSELECT ${select.join(', ')} FROM grouped${join}${hideRest}${orderSql(plan, top, groups)}${
    interval || top || !groups.length ? '' : ` LIMIT ${query.limit ?? DEFAULT_GROUPS}`
  }`;
  return {
    sql,
    columns: [
      ...(interval ? [{ name: 'time', type: 'time' as const, unit: null }] : []),
      ...query.group_by.map((name) => ({ name, type: 'text' as const, unit: null })),
      ...metrics.map(({ name, unit }) => ({ name, type: columnType(unit), unit })),
    ],
    source: [...new Set(pieces.map(({ source }) => sourceName(source)))].join(' + '),
  };
}

function orderSql({ query, interval, metrics }: Plan, top: boolean, groups: readonly string[]): string {
  const direction = query.direction.toUpperCase();
  const group = query.group_by.findIndex((name) => name === query.order_by);
  const named = metrics.find(({ name }) => name === query.order_by);
  const main =
    group >= 0
      ? `grouped.k${group + 1} ${direction} NULLS LAST`
      : `${named && named.formula.kind === 'userPercentile' ? `per_user.${named.name}` : 'grouped.rank_value'} ${direction} NULLS LAST`;
  const time = interval ? [`grouped.t ${query.order_by === 'time' ? direction : 'ASC'}`] : [];
  const ties = groups.map((key) => `grouped.${key}`);
  const order = [...time, ...(top ? ['grouped.rest'] : []), ...(groups.length ? [main] : []), ...ties];
  return order.length ? ` ORDER BY ${order.join(', ')}` : '';
}

/** The calls and tokens that the query's totals leave out because they have no price. */
export function compileUnpriced(query: CostQuery, options: CompileOptions): CompiledQuery {
  const metrics: MetricName[] = ['unpriced_calls', 'unpriced_tokens'];
  return compile(
    { ...query, metrics, group_by: [], interval: undefined, order_by: undefined, limit: undefined, with_other: false },
    options
  );
}
