import { type Column, COST_TYPE_MEASURES, PER_COST_TYPE, perCostType, restricted } from './costTypeScope';
import { dimension, isTagDimension } from './dimensions';
import { bucketSql, type Interval, isGrain } from './interval';
import { NOT_SET } from './labels';
import { instant, literal } from './literal';
import { hasOutcomes, measureSql, type MeasureSource } from './measures';
import type { Filter, GroupName } from './model';
import { CALL_COLUMNS, type CallColumn, extreme } from './callColumns';
import { type Distinct, mostExpensiveCalls, type Plan } from './plan';
import { GRAIN_MS, type Rollup, ROLLUPS } from './rollups';
import { cover, type Segment, type Source, takenInUntil, TAKEN_IN_AFTER_MS } from './segments';
import { isStep, NEARLY_EACH, stepOf, STEPS } from './steps';

/** What feedback, rules and chains of retries change about single calls (docs/outcomes.md). */
const OUTCOMES = 'call_outcomes';

/** The raw events, a rollup of them, or what outcomes change about them. */
type Read = Source | typeof OUTCOMES;

const sourceName = (source: Read): string => (typeof source === 'string' ? source : source.name);

const measuresIn = (source: Read): MeasureSource =>
  typeof source === 'string' ? (source === OUTCOMES ? 'outcomes' : 'events') : 'rollup';

const timeColumn = (source: Read): string => (typeof source === 'string' ? 'time' : 'bucket');

/** The database sums compressed rows a thousand at a time only by columns as they are, so a rollup's own buckets stay so. */
const bucketOf = (interval: Interval, zone: string, source: Read): string =>
  typeof source !== 'string' && isGrain(interval, zone, source.grain)
    ? 'bucket'
    : bucketSql(interval, zone, timeColumn(source));

const dimensionSql = (name: GroupName): string => {
  if (name === 'cost_type') {
    return 'ct.cost_type';
  }
  return isTagDimension(name) ? `tags->>${literal(name.slice(5))}` : (dimension(name).sql ?? name);
};

/** That two texts are the same or both unknown; unlike IS NOT DISTINCT FROM it can be found by hashing. */
export const sameValue = (left: string, right: string): string =>
  `coalesce(${left}, '') = coalesce(${right}, '') AND (${left} IS NULL) = (${right} IS NULL)`;

const DAY_MS = GRAIN_MS.day;

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

/**
 * What the last of the most expensive calls costs, and when these calls were, found without looking at anything but costs and
 * times. No cost where all calls are listed, or where the last has none. `is_apart` says that no other call costs the same,
 * so that the times are those of all calls that may be listed.
 */
function leastCost(plan: Plan, limit: number): string[] {
  const costs = stretches(plan).map(({ when }) => {
    const where = [when, ...conditions(plan)].join(' AND ');
    return `SELECT total_cost, time FROM public.usage_events WHERE ${where}`;
  });
  const order = 'ORDER BY total_cost DESC NULLS LAST';
  const [last, next] = [`costs[${limit}]`, `costs[${limit + 1}]`];
  return [
    `dearest AS MATERIALIZED (\n  ${costs.join('\n  UNION ALL\n  ')}\n  ${order} LIMIT ${limit + 1}\n)`,
    `least_cost AS MATERIALIZED (\n  SELECT ${last} AS total_cost, calls <= ${limit} OR coalesce(${last} <> ${next}, ${last} IS NOT NULL) AS is_apart FROM (SELECT array_agg(total_cost ${order}) AS costs, count(*) AS calls FROM dearest) AS listed\n)`,
  ];
}

const LEAST = '(SELECT total_cost FROM least_cost)';
/** Unpriced calls come after all others. */
const AMONG_THE_FIRST = `coalesce(total_cost >= ${LEAST}, ${LEAST} IS NULL)`;
const APART = '(SELECT is_apart FROM least_cost)';

/** The most expensive calls alone: by their times, of which there is an index, or by their costs where many cost the same. */
function among(stretch: Stretch): Stretch[] {
  if (stretch.source !== 'usage_events') {
    return [stretch];
  }
  const { when, only } = stretch;
  const where = (...rest: string[]) => [when, ...rest, AMONG_THE_FIRST].join(' AND ');
  const whereIs = (condition: string) => (only ? `${only} AND ${condition}` : condition);
  return [
    { ...stretch, when: where('time = ANY (ARRAY(SELECT time FROM dearest))'), only: whereIs(APART) },
    { ...stretch, when: where(), only: whereIs(`NOT ${APART}`) },
  ];
}

/** Conditions other than time. */
function conditions(plan: Plan): string[] {
  const { query, options } = plan;
  return [
    ...(options.tenants ? [filterSql({ dimension: 'tenant', operator: '=', values: options.tenants })] : []),
    ...query.filters.filter((filter) => filter.dimension !== 'cost_type').map(filterSql),
    ...(plan.hasTool ? ['tool IS NOT NULL'] : []),
  ];
}

/** A stretch of time, as an SQL condition on the source's time column. */
interface Stretch {
  readonly source: Read;
  readonly when: string;
  /** Of a rollup whose range is known: SQL that is true when the table behind its view is up to date (migration 0031). */
  readonly settled?: string;
  /** Of the hours of the day that isn't over: the table that has their sums, and SQL that is true when it is up to date. */
  readonly today?: { readonly table: string; readonly settled: string };
  /** SQL that is true where the stretch is to be read at all. */
  readonly only?: string;
}

/** SQL that is true when the table behind a rollup has everything between two moments (migrations 0031 and 0032). */
const settledSql = ({ name, grain, isFilledLater }: Rollup, begins: string, ends: string): string => {
  const settled = `public.${grain}s_settled(${begins}, ${ends})`;
  return isFilledLater ? `(public.rollup_filled(${literal(name)}) AND ${settled})` : settled;
};

/** What stands for the hours of a day that isn't over, where whole days make buckets: their sums. */
function todayOf({ source, from, to }: Segment, { levels, options: { now } }: Plan): Pick<Stretch, 'today'> {
  if (typeof source === 'string' || source.today === undefined) {
    return {};
  }
  const isToday =
    levels.some(({ grain }) => grain === 'day') &&
    now !== undefined &&
    from === Math.floor(from / DAY_MS) * DAY_MS &&
    to === takenInUntil(now, GRAIN_MS.hour) &&
    to < from + DAY_MS;
  return isToday
    ? { today: { table: source.today, settled: `public.today_settled(${instant(from)}, ${instant(to)})` } }
    : {};
}

/** The stretches of time and the source of each. */
function stretches(plan: Plan): Stretch[] {
  const { query, options, levels } = plan;
  if (!options.window) {
    return cover(Date.parse(query.from), Date.parse(query.to), levels, options.now).map((segment) => {
      const { source, from, to } = segment;
      const time = timeColumn(source);
      const [begins, ends] = [instant(from), instant(to)];
      const settled = typeof source === 'string' ? {} : { settled: settledSql(source, begins, ends) };
      return { source, when: `${time} >= ${begins} AND ${time} < ${ends}`, ...settled, ...todayOf(segment, plan) };
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

/** Of a shorter range single calls are read as they are. */
const LOOKED_UP_FROM_MS = 3 * DAY_MS;

/**
 * Where single calls of named runs are read: the rollup by run knows on which days they were, so that the other days of a
 * month need not be unpacked. In what is not up to date every call is looked at. Undefined for other queries.
 */
function runStretches({ query, options, levels }: Plan, days: string): { days: string; pieces: Stretch[] } | undefined {
  const runs = query.filters.find(({ dimension: name, operator }) => name === 'run_id' && operator === '=');
  const known = (options.rollups ?? ROLLUPS).some(({ name }) => name === 'usage_run_1d');
  const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
  const over = Math.floor(Math.min(to, (options.now ?? Infinity) - TAKEN_IN_AFTER_MS) / DAY_MS) * DAY_MS;
  const named = runs !== undefined && runs.values.every((value) => value !== '' && value !== NOT_SET);
  if (!named || !known || levels.length > 0 || options.window || over - from < LOOKED_UP_FROM_MS) {
    return undefined;
  }
  const first = Math.floor(from / DAY_MS) * DAY_MS;
  const settled = `public.days_settled(${instant(first)}, ${instant(over)})`;
  const when = (begins: number, ends: number) => `time >= ${instant(begins)} AND time < ${instant(ends)}`;
  const found = `time >= (SELECT first FROM ${days}) AND time < (SELECT past FROM ${days})`;
  return {
    days: `SELECT min(bucket) AS first, max(bucket) + INTERVAL '24 hours' AS past FROM public.usage_run_1d_rollup WHERE bucket >= ${instant(first)} AND bucket < ${instant(over)} AND ${filterSql(runs)}`,
    pieces: [
      { source: 'usage_events', when: `${when(from, over)} AND ${found}`, only: settled },
      { source: 'usage_events', when: when(from, over), only: `NOT ${settled}` },
      ...(over < to ? [{ source: 'usage_events', when: when(over, to) } as const] : []),
    ],
  };
}

/** Outcomes of the whole range, where a measure is changed by them. */
function outcomeStretch({ query, options, measures, byCostType }: Plan): Stretch[] {
  if (byCostType || !measures.some(hasOutcomes)) {
    return [];
  }
  const { from, to } = options.window ?? { from: instant(Date.parse(query.from)), to: instant(Date.parse(query.to)) };
  return [{ source: OUTCOMES, when: `time >= ${from} AND time < ${to}` }];
}

/** SQL of the step of a call. */
const stepSql = (column: CallColumn): string => `public.call_step(${CALL_COLUMNS[column]})`;

/** A column that rows are told apart by, in a source. */
const distinctSql = (name: Distinct, source: Read): string =>
  isStep(name) && source === 'usage_events' ? `${stepSql(STEPS[name])} AS ${name}` : name;

/** What a call is looked at by: its duration as it is where it stands alone, else by its step as everywhere. */
function callSql(name: CallColumn, { group_by }: Plan['query']): string {
  const column = CALL_COLUMNS[name];
  return stepOf(name) && !group_by.includes('event_id') ? `public.value_of_step(${stepSql(name)})` : column;
}

/**
 * One SELECT of the union by cost type: rows are summed before each sum is divided, which gives the same and is many times
 * faster than dividing every row.
 */
function selectByCostType(plan: Plan, source: Read, table: string, when: string): string {
  const { query, interval, measures, distinct, costTypes } = plan;
  const named = query.group_by.map((name, i) => [name, `k${i + 1}`] as const);
  const keys = [
    ...(interval ? [`${bucketOf(interval, query.time_zone, source)} AS t`] : []),
    ...named.filter(([name]) => name !== 'cost_type').map(([name, key]) => `${dimensionSql(name)} AS ${key}`),
    ...distinct,
  ];
  const sums = COST_TYPE_MEASURES.map((measure) => `sum(${measureSql(measure, measuresIn(source))}) AS ${measure}`);
  const where = [when, ...conditions(plan)].join(' AND ');
  const group = keys.length ? ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}` : '';
  // No rows are no types, not types of unknown cost.
  const summed = `(SELECT ${[...keys, ...sums].join(', ')} FROM ${table} WHERE ${where}${group} HAVING count(*) > 0)`;
  const columns = [
    ...(interval ? ['t'] : []),
    ...named.map(([name, key]) => (name === 'cost_type' ? `ct.cost_type AS ${key}` : key)),
    ...distinct,
    ...measures.map((measure) => `${PER_COST_TYPE[measure]} AS ${measure}`),
  ];
  return `SELECT ${columns.join(', ')} FROM ${summed} AS summed ${perCostType(costTypes, (measure) => measure)}`;
}

const sameAsTop = (names: readonly GroupName[]): string =>
  names.map((name, i) => sameValue(dimensionSql(name), `top.k${i + 1}`)).join(' AND ');

/**
 * One SELECT of the union: keys `t`, `k1` …, distinct columns, and the measures, summed unless percentiles need each call or
 * there would be as many sums as rows.
 */
function selectFrom(plan: Plan, source: Read, table: string, when: string): string {
  const { query, interval, measures, distinct, perCall, costTypes } = plan;
  const column: Column = (measure) => measureSql(measure, measuresIn(source));
  const value: Column = (measure) => (costTypes ? restricted(measure, costTypes, column) : column(measure));
  const keys = [
    ...(interval ? [`${bucketOf(interval, query.time_zone, source)} AS t`] : []),
    ...query.group_by.map((name, i) => `${dimensionSql(name)} AS k${i + 1}`),
    ...distinct.map((name) => distinctSql(name, source)),
  ];
  const isMoments = plan.metrics.every(({ formula }) => formula.kind === 'momentBeside');
  const isEach = (name: string) => NEARLY_EACH.has(name as GroupName);
  const each = (perCall.length > 0 && !isMoments) || [...query.group_by, ...distinct].some(isEach);
  const values = measures.map((measure) =>
    each ? `${value(measure)} AS ${measure}` : `sum(${value(measure)}) AS ${measure}`
  );
  const call = (name: CallColumn) =>
    source === OUTCOMES ? 'NULL' : name === 'total_cost' ? value('total_cost') : callSql(name, query);
  const calls = perCall.map((name) => `${isMoments ? extreme(name, call(name)) : call(name)} AS call_${name}`);
  const where = [when, ...conditions(plan)].join(' AND ');
  const group = !each && keys.length ? ` GROUP BY ${keys.map((_, i) => i + 1).join(', ')}` : '';
  const from = plan.isAmongTop ? `${table} JOIN top ON ${sameAsTop(query.group_by)}` : table;
  return `SELECT ${[...keys, ...values, ...calls].join(', ')} FROM ${from} WHERE ${where}${group}`;
}

/**
 * The SELECT of a stretch of time, or two for a rollup, one of which finds nothing: over the table behind it where that is up
 * to date, which the database sums many times faster, else over its view. The condition stands outside, since the inner one
 * is fast only with constants.
 */
function selectsOf(plan: Plan, { source, when, settled, today, only }: Stretch): string[] {
  const table = `public.${sourceName(source)}`;
  const select = (from: string) =>
    plan.byCostType ? selectByCostType(plan, source, from, when) : selectFrom(plan, source, from, when);
  return settled
    ? [
        ...(today ? [`SELECT * FROM (${select(`public.${today.table}`)}) AS today WHERE ${today.settled}`] : []),
        `SELECT * FROM (${select(`${table}_rollup`)}) AS settled WHERE ${settled}${today ? ` AND NOT ${today.settled}` : ''}`,
        `SELECT * FROM (${select(table)}) AS open WHERE NOT ${settled}`,
      ]
    : [only ? `SELECT * FROM (${select(table)}) AS part WHERE ${only}` : select(table)];
}

/** The SELECTs of all stretches of time, and which sources they read. */
export function baseSelects(plan: Plan, pieces = readsOf(plan)): { selects: string[]; sources: string[] } {
  return {
    selects: pieces.flatMap((piece) => selectsOf(plan, piece)),
    sources: [...new Set(pieces.map(({ source }) => sourceName(source)))],
  };
}

const readsOf = (plan: Plan): Stretch[] => [...stretches(plan), ...outcomeStretch(plan)];

/** The union of all stretches of time under a name, and which sources it reads. */
export function baseTable(plan: Plan, name = 'base'): { sql: string; sources: string[] } {
  const days = `${name}_run_days`;
  const runs = runStretches(plan, days);
  const pieces = runs ? [...runs.pieces, ...outcomeStretch(plan)] : readsOf(plan);
  const limit = mostExpensiveCalls(plan);
  const { selects, sources } = baseSelects(plan, limit === null ? pieces : pieces.flatMap(among));
  const before = [
    ...(runs ? [`${days} AS MATERIALIZED (\n  ${runs.days}\n)`] : []),
    ...(limit === null ? [] : leastCost(plan, limit)),
  ];
  return { sql: [...before, `${name} AS (\n  ${selects.join('\n  UNION ALL\n  ')}\n)`].join(',\n'), sources };
}
