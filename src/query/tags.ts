import { filterSql } from './base';
import { instant } from './literal';

/** Calls in which tag names are looked for. */
const SAMPLE = 5_000;
const MOST = 200;

/**
 * SQL for the names of tags among the latest calls of a range, as dimensions (`tags.<name>`), most frequent first.
 *
 * @param from ms since 1970, included
 * @param to ms since 1970, excluded
 * @param tenants only calls of these; null for all
 */
export function tagKeysSql(from: number, to: number, tenants: readonly string[] | null = null): string {
  const limits = tenants ? ` AND ${filterSql({ dimension: 'tenant', operator: '=', values: tenants })}` : '';
  const when = `time >= ${instant(from)} AND time < ${instant(to)}${limits}`;
  const sample = `SELECT tags FROM public.usage_events WHERE ${when} AND tags IS NOT NULL ORDER BY time DESC LIMIT ${SAMPLE}`;
  return `SELECT 'tags.' || key AS key FROM (${sample}) AS calls, LATERAL jsonb_object_keys(calls.tags) AS key GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT ${MOST}`;
}
