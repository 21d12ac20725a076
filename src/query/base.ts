import { type Column, COST_TYPE_MEASURES, PER_COST_TYPE, perCostType, restricted } from './costTypeScope';
import { dimension, isTagDimension } from './dimensions';
import { bucketSql } from './interval';
import { NOT_SET } from './labels';
import { instant, literal } from './literal';
import { hasOutcomes, measureSql, type MeasureSource } from './measures';
import type { Filter, GroupName } from './model';
import { CALL_COLUMNS } from './callColumns';
import type { Plan } from './plan';
import { cover, type Source } from './segments';

/** What feedback, rules and chains of retries change about single calls (docs/outcomes.md). */
const OUTCOMES = 'call_outcomes';

/** The raw events, a rollup of them, or what outcomes change about them. */
type Read = Source | typeof OUTCOMES;

const sourceName = (source: Read): string => (typeof source === 'string' ? source : source.name);

const measuresIn = (source: Read): MeasureSource =>
  typeof source === 'string' ? (source === OUTCOMES ? 'outcomes' : 'events') : 'rollup';

const timeColumn = (source: Read): string => (typeof source === 'string' ? 'time' : 'bucket');

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
function stretches(plan: Plan): Array<{ source: Read; when: string }> {
  const { query, options, levels } = plan;
  if (!options.window) {
    return cover(Date.parse(query.from), Date.parse(query.to), levels, options.now).map(({ source, from, to }) => {
      const time = timeColumn(source);
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

/** Outcomes of the whole range, where a measure is changed by them. */
function outcomeStretch({ query, options, measures, byCostType }: Plan): Array<{ source: Read; when: string }> {
  if (byCostType || !measures.some(hasOutcomes)) {
    return [];
  }
  const { from, to } = options.window ?? { from: instant(Date.parse(query.from)), to: instant(Date.parse(query.to)) };
  return [{ source: OUTCOMES, when: `time >= ${from} AND time < ${to}` }];
}

/**
 * One SELECT of the union by cost type: rows are summed before each sum is divided, which gives the same and is many times
 * faster than dividing every row.
 */
function selectByCostType(plan: Plan, source: Read, when: string): string {
  const { query, interval, measures, distinct, costTypes } = plan;
  const named = query.group_by.map((name, i) => [name, `k${i + 1}`] as const);
  const keys = [
    ...(interval ? [`${bucketSql(interval, query.time_zone, timeColumn(source))} AS t`] : []),
    ...named.filter(([name]) => name !== 'cost_type').map(([name, key]) => `${dimensionSql(name)} AS ${key}`),
    ...distinct,
  ];
  const sums = COST_TYPE_MEASURES.map((measure) => `sum(${measureSql(measure, measuresIn(source))}) AS ${measure}`);
  const where = [when, ...conditions(plan)].join(' AND ');
  const group = keys.length ? ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}` : '';
  // No rows are no types, not types of unknown cost.
  const summed = `(SELECT ${[...keys, ...sums].join(', ')} FROM public.${sourceName(source)} WHERE ${where}${group} HAVING count(*) > 0)`;
  const columns = [
    ...(interval ? ['t'] : []),
    ...named.map(([name, key]) => (name === 'cost_type' ? `ct.cost_type AS ${key}` : key)),
    ...distinct,
    ...measures.map((measure) => `${PER_COST_TYPE[measure]} AS ${measure}`),
  ];
  return `SELECT ${columns.join(', ')} FROM ${summed} AS summed ${perCostType(costTypes, (measure) => measure)}`;
}

/** One SELECT of the union: keys `t`, `k1` …, distinct columns, and the measures, summed unless percentiles need each call. */
function selectFrom(plan: Plan, source: Read, when: string): string {
  const { query, interval, measures, distinct, perCall, costTypes } = plan;
  const column: Column = (measure) => measureSql(measure, measuresIn(source));
  const value: Column = (measure) => (costTypes ? restricted(measure, costTypes, column) : column(measure));
  const keys = [
    ...(interval ? [`${bucketSql(interval, query.time_zone, timeColumn(source))} AS t`] : []),
    ...query.group_by.map((name, i) => `${dimensionSql(name)} AS k${i + 1}`),
    ...distinct,
  ];
  const each = perCall.length > 0;
  const values = measures.map((measure) =>
    each ? `${value(measure)} AS ${measure}` : `sum(${value(measure)}) AS ${measure}`
  );
  const call = (name: (typeof perCall)[number]) =>
    source === OUTCOMES ? 'NULL' : name === 'total_cost' ? value('total_cost') : CALL_COLUMNS[name];
  const calls = perCall.map((name) => `${call(name)} AS call_${name}`);
  const from = `public.${sourceName(source)}`;
  const where = [when, ...conditions(plan)].join(' AND ');
  const group = !each && keys.length ? ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}` : '';
  return `SELECT ${[...keys, ...values, ...calls].join(', ')} FROM ${from} WHERE ${where}${group}`;
}

/** One SELECT for each stretch of time, and which sources they read. */
export function baseSelects(plan: Plan): { selects: string[]; sources: string[] } {
  const pieces = [...stretches(plan), ...outcomeStretch(plan)];
  const selects = pieces.map(({ source, when }) =>
    plan.byCostType ? selectByCostType(plan, source, when) : selectFrom(plan, source, when)
  );
  return { selects, sources: [...new Set(pieces.map(({ source }) => sourceName(source)))] };
}

/** The union of all stretches of time, and which sources it reads. */
export function baseTable(plan: Plan): { sql: string; sources: string[] } {
  const { selects, sources } = baseSelects(plan);
  return { sql: `base AS (\n  ${selects.join('\n  UNION ALL\n  ')}\n)`, sources };
}
