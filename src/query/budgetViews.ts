import { among } from './among';
import { literal } from './literal';

/** How budgets stand, in the shapes that the dashboard's panels want. */
export const BUDGET_VIEWS = ['states', 'burn_down', 'crossings', 'status', 'outlook', 'thresholds'] as const;
export type BudgetView = (typeof BUDGET_VIEWS)[number];

/** States from the best to the worst: what `State` of the view `states` counts. */
export const STATES_IN_ORDER = ['ok', 'warning', 'needs_approval', 'exceeded', 'blocked'] as const;

/** Which budgets, by the tenant and project that they are for; null: whatever they are. */
export interface BudgetChoice {
  readonly tenants: readonly string[] | null;
  readonly projects: readonly string[] | null;
}

/** Columns that are amounts of USD, where they are numbers. */
export const BUDGET_AMOUNTS = ['Spent', 'Limit', 'Left', 'Reserved', 'Expected', 'Low', 'High', 'From'] as const;

/** The views hold pico-USD. */
const usd = (column: string): string => `(${column} / 1000000000000)::float8`;

const TOO_EARLY = 'too early to say';

/**
 * The SQL of a view, the same whoever runs it: Grafana's PostgreSQL source, or the collector for those who may not send SQL.
 * Amounts are USD as floats, for drawing; times are timestamptz.
 */
export function budgetViewSql(view: BudgetView, { tenants, projects }: BudgetChoice): string {
  const where = `${among('tenant', tenants)} AND ${among('project', projects)}`;
  // Every budget once; of one per run its most expensive run.
  const each = `(SELECT DISTINCT ON (budget_id) * FROM public.budget_status WHERE ${where} ORDER BY budget_id, ratio DESC) one`;
  switch (view) {
    case 'states':
      return `SELECT name AS "Budget", budget_id::text AS id,
  array_position(ARRAY[${STATES_IN_ORDER.map(literal).join(', ')}], state) - 1 AS "State"
FROM ${each} ORDER BY ratio DESC, name LIMIT 40`;
    case 'burn_down':
      return `SELECT at AS "time", name AS budget, budget_id::text AS budget_id, ${usd('spent')} AS spent, ${usd('low')} AS low,
  ${usd('expected')} AS expected, ${usd('high')} AS high, ${usd('"limit"')} AS "limit", window_start, window_end
FROM public.budget_burn_down WHERE ${where} ORDER BY name, budget_id, at, spent`;
    case 'crossings':
      return `SELECT budget_id::text AS budget_id, threshold::float8 AS threshold, ${usd('threshold * "limit"')} AS amount, state,
  crossed_at, crosses_at
FROM public.budget_threshold_status WHERE run_id IS NULL AND ${where} ORDER BY budget_id, threshold`;
    case 'status':
      return `SELECT name AS "Budget", budget_id::text AS id, coalesce(tenant, 'all tenants') AS "Tenant", state AS "State",
  ratio AS "Used", ${usd('spent')} AS "Spent", ${usd('"limit"')} AS "Limit", ${usd('remaining')} AS "Left",
  ${usd('committed')} AS "Reserved", period AS "Period", window_end AS "Resets",
  CASE WHEN period = 'run' THEN 'each run has its own' WHEN projected_end IS NULL THEN '${TOO_EARLY}'
    ELSE to_char(projected_end / 1000000000000, ${literal('FM$999,999,990.00')}) END AS "Expected at the reset",
  CASE WHEN projected_end IS NOT NULL THEN back_test_error END AS "Error of the estimate"
FROM ${each} ORDER BY ratio DESC, name`;
    case 'outlook':
      return `SELECT name AS "Budget", budget_id::text AS id,
  CASE horizon WHEN 'day' THEN 'Today at its end' WHEN 'week' THEN 'Next 7 days' ELSE 'Next 30 days' END AS "Of",
  ${usd('expected')} AS "Expected", ${usd('low')} AS "Low", ${usd('high')} AS "High",
  back_test_error AS "Error, last 30 days",
  CASE WHEN expected IS NULL AND horizon = 'day' AND days > 0 THEN 'Too early in the day to say'
    WHEN expected IS NULL THEN 'Too early to say: ' || days || ' whole days of calls'
    WHEN method = 'todays_rate' THEN 'today’s rate' WHEN method = 'seven_day_average' THEN 'average of the last 7 days'
    ELSE 'trend of the last 30 days, with weekdays' END AS "How"
FROM public.budget_outlook WHERE ${where}
ORDER BY name, budget_id, array_position(ARRAY['day', 'week', 'month'], horizon)`;
    case 'thresholds':
      return `SELECT name AS "Budget", budget_id::text AS id, threshold::float8 AS "Threshold",
  ${usd('threshold * "limit"')} AS "From", crossed_at AS "Crossed", crosses_at AS "Expected",
  CASE WHEN crossed_at IS NOT NULL THEN 'crossed' WHEN crosses_at IS NOT NULL THEN 'will be crossed'
    WHEN projected IS NULL THEN '${TOO_EARLY}' ELSE 'not before the reset' END AS "Outlook"
FROM public.budget_threshold_status WHERE run_id IS NULL AND period <> 'run' AND ${where}
ORDER BY name, budget_id, threshold`;
  }
}
