import { checkCostTypeUse, filteredCostTypes } from './costTypeScope';
import type { CostType } from './costTypes';
import type { DimensionName } from './dimensions';
import type { CallColumn } from './callColumns';
import { fits, type Interval, parseInterval } from './interval';
import { isRare, type Measure, neededDimension, withCallsOf } from './measures';
import { metric, type Metric } from './metrics';
import type { CostQuery } from './model';
import { type Rollup, ROLLUPS } from './rollups';
import { NEARLY_EACH, stepOf, type StepName } from './steps';

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
  /** ms since 1970, where the SQL runs at once: reads what is too new for rollups in a faster way. */
  readonly now?: number;
  /** SQL of the range's ends, for queries whose range Grafana fills in when it runs them (alert rules). */
  readonly window?: { readonly from: string; readonly to: string };
  /** SQL of a factor, e.g. `(1 / 30.0)` for the average day of a month, and the metrics it is for; only sums take it. */
  readonly scale?: { readonly factor: string; readonly metrics: readonly string[] };
}

/** What rows of a table beside are told apart by. */
export type Distinct = DimensionName | StepName;

/** Tables beside the grouped one, for metrics that need sums per something else first, and what that is. */
const SIDES = {
  per_user: ['user_id'],
  per_run: ['run_id'],
  per_session: ['session_id'],
  per_model: ['model'],
  per_target: ['tenant', 'feature'],
  // Calls that served a tool, so that the others are not read one by one.
  of_tools: [],
  of_durations: ['duration_step'],
  of_first_tokens: ['first_token_step'],
  of_arrivals: ['arrival_step'],
  // Rollups don't have the first and the last call's time.
  of_moments: [],
} as const satisfies Readonly<Record<string, readonly Distinct[]>>;

export type SideName = keyof typeof SIDES;

export const SIDE_NAMES = Object.keys(SIDES) as SideName[];

const BY_STEP = {
  duration_step: 'of_durations',
  first_token_step: 'of_first_tokens',
  arrival_step: 'of_arrivals',
} as const;
const BY_COLUMN = { user_id: 'per_user', run_id: 'per_run', session_id: 'per_session' } as const;

/** Groups of a top list when the query asks for "Other" and names no limit. */
const DEFAULT_TOP = 10;

/** Everything that is decided before any SQL is written. */
export interface Plan {
  readonly query: CostQuery;
  readonly options: CompileOptions;
  readonly interval: Interval | null;
  readonly metrics: readonly Metric[];
  /** Of the metrics that need nothing else; those of the others are in the plans of the tables beside, see {@link sidePlan}. */
  readonly measures: readonly Measure[];
  /** What rows are told apart by beside the groups, in a table beside. */
  readonly distinct: readonly Distinct[];
  /** Only calls that served a tool. */
  readonly hasTool?: true;
  /** Only rows of the groups in the table `top`, which comes before. */
  readonly isAmongTop?: true;
  /** What single calls are looked at by; then only raw events will do. */
  readonly perCall: readonly CallColumn[];
  readonly byCostType: boolean;
  readonly costTypes: readonly CostType[] | null;
  readonly levels: readonly Rollup[];
  /** Names of the groups in the SQL: `k1` … */
  readonly groups: readonly string[];
  /** How many groups are told apart from the rest; null when there is no rest to tell apart. */
  readonly top: number | null;
}

/** What one row of the result stands for. */
export const keysOf = ({ interval, top, groups }: Plan): string[] => [
  ...(interval ? ['t'] : []),
  ...(top === null ? [] : ['rest']),
  ...groups,
];

/** The groups that are told apart, where a list of the largest makes sense: over time, or with the rest as "Other". */
function topOf(query: CostQuery): number | null {
  const limit = query.limit ?? (query.with_other ? DEFAULT_TOP : undefined);
  const ranked = query.interval !== undefined || query.with_other;
  return query.group_by.length > 0 && limit !== undefined && ranked ? limit : null;
}

/** Measures that a metric is made of. */
function measuresOf({ formula }: Metric): Measure[] {
  switch (formula.kind) {
    case 'sum':
    case 'cumulative':
    case 'share':
    case 'perDistinct':
      return [...withCallsOf(formula.measure)];
    case 'ratio':
      return [...withCallsOf(formula.over), formula.overMinus, formula.under, formula.underMinus].filter(
        (m) => m !== undefined
      );
    case 'userPercentile':
    case 'topUsers':
      return ['total_cost'];
    case 'topModel':
    case 'stepPercentile':
      return ['calls'];
    case 'ofTarget':
      return ['total_cost', 'priced_successes'];
    default:
      return [];
  }
}

/** The table beside that holds the metric; undefined for metrics of the grouped table. */
export function sideName(one: Metric): SideName | undefined {
  const { formula } = one;
  switch (formula.kind) {
    case 'ratio':
      return measuresOf(one).every((measure) => neededDimension(measure) === 'tool') ? 'of_tools' : undefined;
    case 'distinct':
    case 'perDistinct':
      return BY_COLUMN[formula.column];
    case 'userPercentile':
    case 'topUsers':
      return 'per_user';
    case 'topModel':
      return 'per_model';
    case 'ofTarget':
      return 'per_target';
    case 'stepPercentile':
      return BY_STEP[formula.step];
    case 'momentBeside':
      return 'of_moments';
    default:
      return undefined;
  }
}

/** What groups are ranked by: the query's metric in `order_by`, else its first. */
export const rankMetric = ({ query, metrics }: Pick<Plan, 'query' | 'metrics'>): Metric =>
  metrics.find(({ name }) => name === query.order_by) ?? metrics[0]!;

const RANKED_BESIDE: ReadonlyArray<Metric['formula']['kind']> = [
  'distinct',
  'perDistinct',
  'ratio',
  'stepPercentile',
  'momentBeside',
];

/** The table beside that groups are ranked in; undefined where their sums decide. */
export function rankSide(plan: Plan): SideName | undefined {
  const one = rankMetric(plan);
  return RANKED_BESIDE.includes(one.formula.kind) ? sideName(one) : undefined;
}

/**
 * The metric as it is computed: what looks at single calls is computed beside, by steps or alone, so that everything else may
 * read rollups. Where a group has a few calls only, they are read as they are.
 */
function planned(one: Metric, { group_by }: CostQuery): Metric {
  const { formula } = one;
  if (group_by.some((name) => NEARLY_EACH.has(name))) {
    return one;
  }
  const step = formula.kind === 'percentile' ? stepOf(formula.column) : undefined;
  if (formula.kind === 'percentile' && step) {
    return { ...one, formula: { kind: 'stepPercentile', fraction: formula.fraction, step } };
  }
  return formula.kind === 'moment' ? { ...one, formula: { kind: 'momentBeside', column: formula.column } } : one;
}

/** What single calls are looked at by, for the metric. */
const callColumn = ({ formula }: Metric): CallColumn[] =>
  formula.kind === 'percentile' || formula.kind === 'moment' || formula.kind === 'momentBeside' ? [formula.column] : [];

/** @throws QueryError when a metric can't be had by cost type. */
export function makePlan(query: CostQuery, options: CompileOptions): Plan {
  const metrics = query.metrics.map((name) => planned(metric(name), query));
  const byCostType = query.group_by.includes('cost_type');
  const costTypes = filteredCostTypes(query);
  if (byCostType || costTypes) {
    metrics.forEach((one) => checkCostTypeUse(one, measuresOf(one), byCostType));
  }
  const measures = new Set<Measure>(byCostType ? [] : ['calls']);
  const plain = metrics.filter((one) => !sideName(one));
  plain.flatMap(measuresOf).forEach((measure) => measures.add(measure));
  const rank = rankMetric({ query, metrics });
  const isRankedBeside = sideName(rank) !== undefined && RANKED_BESIDE.includes(rank.formula.kind);
  if (!isRankedBeside && (sideName(rank) || !plain.some(({ formula }) => formula.kind === 'sum'))) {
    measures.add('total_cost');
  }
  const perCall = plain.flatMap(callColumn);
  const plan = {
    query,
    options,
    interval: query.interval ? parseInterval(query.interval) : null,
    metrics,
    measures: [...measures],
    distinct: [],
    perCall: [...new Set(perCall)],
    byCostType,
    costTypes,
    groups: query.group_by.map((_, i) => `k${i + 1}`),
    top: topOf(query),
  };
  return { ...plan, levels: chooseRollups(plan) };
}

/** Rows of a list that names no limit. */
export const DEFAULT_GROUPS = 1_000;

/**
 * How many of the most expensive calls the query lists and nothing else; null for other queries. Then a call that costs less
 * than the last of so many can't be among them, since an id is one call.
 */
export function mostExpensiveCalls(plan: Plan): number | null {
  const { query, metrics, top, distinct, byCostType, costTypes } = plan;
  const { formula } = rankMetric(plan);
  const byCost = formula.kind === 'sum' && formula.measure === 'total_cost' && query.direction === 'desc';
  const named = query.order_by === undefined || metrics.some(({ name }) => name === query.order_by);
  const whole = top === null && !query.interval && !distinct.length && !byCostType && !costTypes;
  const shares = metrics.some((one) => one.formula.kind === 'share');
  return query.group_by.includes('event_id') && byCost && named && whole && !shares
    ? (query.limit ?? DEFAULT_GROUPS)
    : null;
}

/**
 * The plan of nothing but the sum that a short list of runs or sessions is ordered by, and how many it lists; null for other
 * queries. Then everything else is summed for those alone.
 */
export function listedFirst(plan: Plan): { order: Plan; limit: number } | null {
  const { query, metrics, top, measures } = plan;
  const rank = rankMetric(plan);
  const named = query.order_by === undefined || metrics.some(({ name }) => name === query.order_by);
  const many = query.group_by.some((name) => NEARLY_EACH.has(name)) && !query.group_by.includes('event_id');
  const shares = metrics.some(({ formula }) => formula.kind === 'share');
  const list = top === null && !query.interval && named && !shares && !plan.byCostType && query.limit !== undefined;
  if (!many || !list || rank.formula.kind !== 'sum' || measures.length < 3) {
    return null;
  }
  const order = { ...plan, metrics: [rank], measures: measuresOf(rank), perCall: [] };
  return { order: { ...order, levels: chooseRollups(order) }, limit: query.limit };
}

/** The plan of a table beside: rows per group and what it is told apart by, with no more than its metrics need. */
export function sidePlan(plan: Plan, name: SideName): Plan {
  const metrics = plan.metrics.filter((one) => sideName(one) === name);
  const side = {
    ...plan,
    metrics,
    measures: [...new Set(metrics.flatMap(measuresOf))],
    distinct: SIDES[name],
    // Where groups are ranked by it, those without such calls are ranked too.
    ...(name === 'of_tools' && !(plan.top !== null && rankSide(plan) === name) ? { hasTool: true as const } : {}),
    perCall: name === 'of_moments' ? [...new Set(metrics.flatMap(callColumn))] : [],
  };
  return { ...side, levels: chooseRollups(side) };
}

/** The plan of the same table with all groups in one. */
export function wholePlan(plan: Plan): Plan {
  const whole = { ...plan, query: { ...plan.query, group_by: [] }, groups: [] };
  return { ...whole, levels: chooseRollups(whole) };
}

/**
 * The smallest daily and the smallest hourly rollup that hold every referenced dimension and whose grain makes whole
 * buckets in the query's time zone, the daily one first.
 */
function chooseRollups(plan: Omit<Plan, 'levels'>): Rollup[] {
  const { query, options, interval, distinct, measures, perCall, byCostType, costTypes } = plan;
  const needed = measures.map(neededDimension).filter((name) => name !== undefined);
  const names: string[] = [
    ...query.group_by,
    ...query.filters.map(({ dimension }) => dimension),
    ...distinct,
    ...needed,
    ...(options.tenants ? ['tenant'] : []),
  ];
  const dimensions = names.filter((name) => name !== 'cost_type');
  if (perCall.length) {
    return [];
  }
  // By cost type measures are made of others.
  const keeps = (list: Rollup['measures'], measure: Measure) => (list ? list.has(measure) : !isRare(measure));
  const kept = ({ measures: list }: Rollup) =>
    !(list && (byCostType || costTypes)) && measures.every((measure) => keeps(list, measure));
  const [from, to] = [Date.parse(query.from), Date.parse(query.to)];
  const usable = (options.rollups ?? ROLLUPS).filter(
    (rollup) =>
      kept(rollup) &&
      // An alert rule's range isn't known here, so it reads views, and these rollups' views are summed from others'.
      !(options.window && rollup.isFilledLater) &&
      dimensions.every((name) => rollup.dimensions.has(name as DimensionName)) &&
      (!interval || fits(interval, query.time_zone, rollup.grain, from, to))
  );
  return [usable.find(({ grain }) => grain === 'day'), usable.find(({ grain }) => grain === 'hour')].filter(
    (rollup) => rollup !== undefined
  );
}
