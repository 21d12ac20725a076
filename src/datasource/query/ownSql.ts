import type { ScopedVars } from '@grafana/data';
import { getTemplateSrv } from '@grafana/runtime';
import { literal } from '../../query/literal';
import type { LlmCostQuery } from '../types';

/** What tells a variable that may hold a list. */
interface ListVariable {
  readonly multi?: boolean;
  readonly includeAll?: boolean;
}

/** Whether a query is SQL of the user's own. */
export const hasOwnSql = ({ sql }: LlmCostQuery): boolean => sql !== undefined;

/** Why the collector refuses SQL, and what to do. */
export const NO_SQL_BY_COLLECTOR =
  'This data source asks the collector, which limits what each viewer sees and takes no SQL. Go back to the builder, or use a data source that reads through PostgreSQL.';

/**
 * The SQL with the dashboard's variables in it, for Grafana's server, which knows none: as the PostgreSQL source writes
 * them, lists as quoted values and single values as they are, their quotes doubled.
 */
export const interpolatedSql = (sql: string, scopedVars: ScopedVars): string =>
  getTemplateSrv().replace(sql, scopedVars, (value: unknown, { multi, includeAll }: ListVariable = {}) =>
    Array.isArray(value) || multi || includeAll
      ? [value]
          .flat()
          .map((one) => literal(String(one)))
          .join(',')
      : String(value).replace(/'/g, "''")
  );
