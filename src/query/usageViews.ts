import { among, textArray } from './among';
import { instant, literal } from './literal';

/** Tables about usage that a cost query can't say, in the shapes that the dashboards' panels want. */
export const USAGE_VIEWS = [
  'token_inflation',
  'daily_spend',
  'releases',
  'releases_by_feature',
  'releases_by_model',
] as const;
export type UsageView = (typeof USAGE_VIEWS)[number];

/** Columns that are amounts of USD. */
export const USAGE_AMOUNTS = ['Cost before', 'Cost after'] as const;

/** Whose usage, and when. */
export interface UsageChoice {
  /** ms since 1970, `[from, to)`. */
  readonly from: number;
  readonly to: number;
  /** Null: all of them. */
  readonly tenants: readonly string[] | null;
  /** Null: all of them; of the views about releases. */
  readonly services: readonly string[] | null;
}

const WEEK_MS = 7 * 86_400_000;

/** The verdict and the change come first: where it is narrow only the first columns are seen, and the verdict names the release. */
function releaseSql({ from, to, tenants, services }: UsageChoice, dimension: string, label?: string): string {
  const columns = [
    'verdict AS "In words"',
    'service AS "Service"',
    ...(label ? [`value AS "${label}"`] : []),
    'cost_change AS "Cost"',
    '(cost_before / 1e12)::float8 AS "Cost before"',
    '(cost_after / 1e12)::float8 AS "Cost after"',
    'cost_p::float8 AS "p"',
    'time AS "Time"',
    'version AS "Release"',
    'prompt_change AS "Prompt"',
    'completion_change AS "Completion"',
    '(errors_after - errors_before)::float8 AS "Errors"',
    '(retries_after - retries_before)::float8 AS "Retries"',
    'calls_before::float8 AS "Calls before"',
    'calls_after::float8 AS "Calls after"',
    ...(label ? [] : ['url AS "Link"']),
  ];
  return `SELECT ${columns.join(', ')}
FROM public.release_effects
WHERE ${among('tenant', tenants)} AND ${among('service', services)} AND time >= ${instant(from)} AND time < ${instant(to)}
  AND dimension = ${literal(dimension)}
ORDER BY time DESC, significant DESC, abs(cost_change) DESC NULLS LAST, service, value LIMIT 200`;
}

/**
 * The SQL of a view, the same whoever runs it: Grafana's PostgreSQL source, or the collector for those who may not send SQL.
 * Amounts are USD as floats, for drawing; shares are parts of one; times are timestamptz.
 */
export function usageViewSql(view: UsageView, choice: UsageChoice): string {
  const { from, to, tenants } = choice;
  switch (view) {
    case 'token_inflation':
      return `SELECT tenant AS "Tenant", service AS "Service", feature AS "Feature", calls::float8 AS "Calls", tokens AS "Tokens per call",
  growth AS "Growth", prompt_growth AS "Prompt", completion_growth AS "Completion", unexplained_growth AS "Unexplained"
FROM public.token_inflation(${instant(Math.max(from, to - WEEK_MS))}, ${instant(to)}, ${textArray(tenants)})
ORDER BY unexplained_growth DESC NULLS LAST, tenant, service, feature LIMIT 100`;
    case 'daily_spend':
      return `SELECT day AS "time", variance AS "Against the week before", consumption AS "Of the day’s budget"
FROM public.daily_spend(${instant(from)}, ${instant(to)}, 'UTC', ${textArray(tenants)}) ORDER BY 1`;
    case 'releases':
      return releaseSql(choice, 'service');
    case 'releases_by_feature':
      return releaseSql(choice, 'feature', 'Feature');
    case 'releases_by_model':
      return releaseSql(choice, 'model', 'Model');
  }
}
