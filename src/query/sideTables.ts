import { extreme } from './callColumns';
import { formulaSql, groupBy } from './formulas';
import type { Metric } from './metrics';
import { isStep } from './steps';
import { keysOf, type Plan, type SideName } from './plan';

const KNOWN = 'user_id IS NOT NULL';

function sideMetric(plan: Plan, one: Metric): string {
  const { name, formula } = one;
  switch (formula.kind) {
    case 'userPercentile':
      return `percentile_cont(${formula.fraction}) WITHIN GROUP (ORDER BY total_cost) FILTER (WHERE ${KNOWN}) AS ${name}`;
    case 'topUsers':
      return `(sum(total_cost) FILTER (WHERE ${KNOWN} AND place <= ceil(users * ${formula.fraction})))::numeric / nullif(sum(total_cost) FILTER (WHERE ${KNOWN}), 0) AS ${name}`;
    case 'topModel':
      return formula.what === 'name'
        ? `(array_agg(model ORDER BY calls DESC, model) FILTER (WHERE model IS NOT NULL))[1] AS ${name}`
        : `(max(calls) FILTER (WHERE model IS NOT NULL))::numeric / nullif(sum(calls), 0) AS ${name}`;
    case 'ofTarget':
      return `sum(total_cost)::numeric / nullif(sum(priced_successes * public.success_target(tenant, feature)), 0) AS ${name}`;
    default:
      return `${formulaSql(one, plan, [])} AS ${name}`;
  }
}

/** One row per group and user, run, model …: what the stretches of time have of it, added up. */
export function eachOf({ measures, distinct, metrics, perCall }: Plan, keys: readonly string[], from: string): string {
  const inner = [...keys, ...distinct];
  // The place of each user among the known ones of the same group.
  const over = `OVER (PARTITION BY ${[...keys, KNOWN].join(', ')}`;
  const places = metrics.some(({ formula }) => formula.kind === 'topUsers')
    ? [`row_number() ${over} ORDER BY sum(total_cost) DESC NULLS LAST) AS place`, `count(*) ${over}) AS users`]
    : [];
  const moments = perCall.map((name) => `${extreme(name, `call_${name}`)} AS call_${name}`);
  // How many calls of the same group have this step or a smaller one.
  const step = distinct.find(isStep);
  const among = [...keys, `${step} IS NULL`].join(', ');
  const upto = step ? [`sum(sum(calls)::float8) OVER (PARTITION BY ${among} ORDER BY ${step}) AS upto`] : [];
  const sums = [...measures.map((measure) => `sum(${measure}) AS ${measure}`), ...moments];
  // Of the rest nothing may be left of a model, see rankedModels.
  const left = metrics.some(({ formula }) => formula.kind === 'topModel') ? ' HAVING sum(calls) > 0' : '';
  return `SELECT ${[...inner, ...sums, ...places, ...upto].join(', ')} FROM ${from}${groupBy(inner)}${left}`;
}

/** A table beside the grouped one, with the same keys, for metrics that need other sums first. */
export function sideTable(side: Plan, name: SideName, from: string): string {
  const keys = keysOf(side);
  const columns = [...keys, ...side.metrics.map((one) => sideMetric(side, one))].join(', ');
  return `${name} AS (\n  SELECT ${columns} FROM (${eachOf(side, keys, from)}) AS sums${groupBy(keys)}\n)`;
}
