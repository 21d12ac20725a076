import { groupBy } from './formulas';
import type { Metric } from './metrics';
import { keysOf, type Plan } from './plan';

/** A table beside the grouped one, with the same keys, for metrics that need other sums first. */
export interface SideTable {
  readonly name: string;
  readonly sql: string;
}

const SIDES = ['per_user', 'per_model', 'per_target'] as const;
type SideName = (typeof SIDES)[number];

/** The table beside that holds the metric; undefined for metrics of the grouped table. */
export function sideName({ formula }: Metric): SideName | undefined {
  switch (formula.kind) {
    case 'userPercentile':
    case 'topUsers':
      return 'per_user';
    case 'topModel':
      return 'per_model';
    case 'ofTarget':
      return 'per_target';
    default:
      return undefined;
  }
}

function sideMetric({ name, formula }: Metric): string {
  switch (formula.kind) {
    case 'userPercentile':
      return `percentile_cont(${formula.fraction}) WITHIN GROUP (ORDER BY cost) AS ${name}`;
    case 'topUsers':
      return `(sum(cost) FILTER (WHERE place <= ceil(users * ${formula.fraction})))::numeric / nullif(sum(cost), 0) AS ${name}`;
    case 'topModel':
      return formula.what === 'name'
        ? `(array_agg(model ORDER BY calls DESC, model) FILTER (WHERE model IS NOT NULL))[1] AS ${name}`
        : `(max(calls) FILTER (WHERE model IS NOT NULL))::numeric / nullif(sum(calls), 0) AS ${name}`;
    case 'ofTarget':
      return `sum(cost)::numeric / nullif(sum(successes * public.success_target(tenant, feature)), 0) AS ${name}`;
    default:
      return `NULL AS ${name}`;
  }
}

/** Sums per user, with each user's place among the users of the same keys where a metric asks for it. */
function perUser(keys: readonly string[], from: string, metrics: readonly Metric[]): string {
  const inner = [...keys, 'user_id'];
  const over = `OVER (${keys.length ? `PARTITION BY ${keys.join(', ')}` : ''}`;
  const places = metrics.some(({ formula }) => formula.kind === 'topUsers')
    ? [`row_number() ${over} ORDER BY sum(total_cost) DESC NULLS LAST) AS place`, `count(*) ${over}) AS users`]
    : [];
  const columns = [...inner, 'sum(total_cost) AS cost', ...places].join(', ');
  return `SELECT ${columns} FROM ${from} WHERE user_id IS NOT NULL${groupBy(inner)}`;
}

const perModel = (keys: readonly string[], from: string): string =>
  `SELECT ${[...keys, 'model', 'sum(calls) AS calls'].join(', ')} FROM ${from}${groupBy([...keys, 'model'])}`;

/** Sums per tenant and feature, for each pair of which a success may cost something else. */
function perTarget(keys: readonly string[], from: string): string {
  const inner = [...keys, 'tenant', 'feature'];
  return `SELECT ${[...inner, 'sum(total_cost) AS cost', 'sum(priced_successes) AS successes'].join(', ')} FROM ${from}${groupBy(inner)}`;
}

function sumsOf(name: SideName, keys: readonly string[], from: string, metrics: readonly Metric[]): string {
  switch (name) {
    case 'per_user':
      return perUser(keys, from, metrics);
    case 'per_model':
      return perModel(keys, from);
    case 'per_target':
      return perTarget(keys, from);
  }
}

/** The tables beside the grouped one that the query's metrics need; mostly none. */
export function sideTables(plan: Plan, from: string): SideTable[] {
  const keys = keysOf(plan);
  return SIDES.flatMap((name) => {
    const metrics = plan.metrics.filter((one) => sideName(one) === name);
    if (!metrics.length) {
      return [];
    }
    const sums = sumsOf(name, keys, from, metrics);
    const columns = [...keys, ...metrics.map(sideMetric)].join(', ');
    return [{ name, sql: `${name} AS (\n  SELECT ${columns} FROM (${sums}) AS sums${groupBy(keys)}\n)` }];
  });
}
