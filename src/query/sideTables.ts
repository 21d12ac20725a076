import { groupBy } from './formulas';
import type { Metric } from './metrics';
import { keysOf, type Plan } from './plan';

/** A table beside the grouped one, with the same keys, for metrics that need other sums first. */
export interface SideTable {
  readonly name: string;
  readonly sql: string;
}

/** The table beside that holds the metric; undefined for metrics of the grouped table. */
export function sideName({ formula }: Metric): 'per_user' | 'per_model' | undefined {
  switch (formula.kind) {
    case 'userPercentile':
    case 'topUsers':
      return 'per_user';
    case 'topModel':
      return 'per_model';
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

/** The tables beside the grouped one that the query's metrics need; mostly none. */
export function sideTables(plan: Plan, from: string): SideTable[] {
  const keys = keysOf(plan);
  return (['per_user', 'per_model'] as const).flatMap((name) => {
    const metrics = plan.metrics.filter((one) => sideName(one) === name);
    if (!metrics.length) {
      return [];
    }
    const sums = name === 'per_user' ? perUser(keys, from, metrics) : perModel(keys, from);
    const columns = [...keys, ...metrics.map(sideMetric)].join(', ');
    return [{ name, sql: `${name} AS (\n  SELECT ${columns} FROM (${sums}) AS sums${groupBy(keys)}\n)` }];
  });
}
