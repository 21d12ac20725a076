import { extreme } from './callColumns';
import { NOT_SET } from './labels';
import { literal } from './literal';
import { isCost, type Measure, sumSql } from './measures';
import type { Metric, Unit } from './metrics';
import { type CompileOptions, type Plan, rankMetric } from './plan';

/** What a column holds: `money` is USD (decimal text for the API, a float for drawing in Grafana). */
export interface ResultColumn {
  readonly name: string;
  readonly type: 'time' | 'text' | 'money' | 'integer' | 'number';
  readonly unit: Unit | null;
}

export const groupBy = (keys: readonly string[]): string => (keys.length ? ` GROUP BY ${keys.join(', ')}` : '');

/** The metric in SQL over the union; money in pico-USD. */
export function formulaSql({ formula }: Metric, plan: Plan, keys: readonly string[]): string {
  const total = (measure: Measure): string => {
    if (!isCost(measure)) {
      return `coalesce(sum(${measure}), 0)`;
    }
    // No calls at all cost nothing; calls without a price cost an unknown amount.
    const alone = !plan.query.group_by.length && !plan.interval;
    return alone ? `CASE WHEN coalesce(sum(calls), 0) = 0 THEN 0 ELSE ${sumSql(measure)} END` : sumSql(measure);
  };
  switch (formula.kind) {
    case 'sum':
      return total(formula.measure);
    case 'ratio': {
      const over = [sumSql(formula.over), ...(formula.overMinus ? [`coalesce(sum(${formula.overMinus}), 0)`] : [])];
      const under = [
        `sum(${formula.under})`,
        ...(formula.underMinus ? [`coalesce(sum(${formula.underMinus}), 0)`] : []),
      ];
      return `(${over.join(' - ')})::numeric * ${formula.scale ?? 1} / nullif(${under.join(' - ')}, 0)`;
    }
    // Over rows per user, run or session, of which there is one each.
    case 'distinct':
      return `count(${formula.column})`;
    case 'perDistinct':
      return `sum(${formula.measure}) FILTER (WHERE ${formula.column} IS NOT NULL) / nullif(count(${formula.column}), 0)`;
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
    case 'stepPercentile': {
      const known = `FILTER (WHERE ${formula.step} IS NOT NULL)`;
      const list = (what: string) => `array_agg(${what} ORDER BY ${formula.step}) ${known}`;
      return `public.percentile_of_steps(${list(formula.step)}, ${list('upto')}, ${formula.fraction})`;
    }
    case 'moment':
    case 'momentBeside':
      return extreme(formula.column, `call_${formula.column}`);
    case 'userPercentile':
    case 'topUsers':
    case 'topModel':
    case 'ofTarget':
      // Computed beside, in a table per user, model or target.
      return 'NULL';
  }
}

export function columnType(unit: Unit): ResultColumn['type'] {
  if (unit === 'usd') {
    return 'money';
  }
  if (unit === 'time' || unit === 'text') {
    return unit;
  }
  return unit === 'tokens' || unit === 'calls' || unit === 'count' ? 'integer' : 'number';
}

/** A metric's value as the dialect wants it. */
export function output(sql: string, unit: Unit, dialect: CompileOptions['dialect']): string {
  if (unit === 'text') {
    return dialect === 'grafana' ? `coalesce(${sql}, ${literal(NOT_SET)})` : sql;
  }
  if (unit === 'time') {
    // Grafana's units show a number of milliseconds as a time.
    return dialect === 'grafana' ? `(extract(epoch FROM ${sql}) * 1000)::float8` : sql;
  }
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

/** What groups are ranked by in SQL: the metric that decides where it is a plain number, else cost. */
export function rankSql(plan: Plan): string {
  const named = rankMetric(plan);
  switch (named.formula.kind) {
    case 'cumulative':
    case 'share':
      return `sum(${named.formula.measure})`;
    case 'userPercentile':
    case 'topUsers':
    case 'ofTarget':
      return 'sum(total_cost)';
    case 'topModel':
      return 'sum(calls)';
    default:
      return formulaSql(named, plan, []);
  }
}
