import type { AdHocVariableFilter, ScopedVars } from '@grafana/data';
import { type CostQuery, niceInterval, parseQuery } from '../../query';
import type { LlmCostQuery, QueryFilter } from '../types';
import { fromAdHoc } from './adHoc';
import { expand } from './template';
import { type Stretch, timeWindow } from './windows';

/** Where and when a query runs. */
export interface QueryContext {
  /** ms since 1970. */
  readonly range: { readonly from: number; readonly to: number };
  readonly now: number;
  /** Length of time that one point of the panel stands for. */
  readonly intervalMs: number;
  /** IANA name, `utc`, or `browser`. */
  readonly timeZone: string;
  readonly scopedVars: ScopedVars;
  readonly adHoc?: readonly AdHocVariableFilter[];
}

/** Beyond this the hours of the rollups answer in a fraction of the time that single calls need. */
const HOURLY_FROM_MS = 2 * 86_400_000;
const DEFAULT_SERIES = 10;
const DEFAULT_ROWS = 1_000;

let ownZone: string | undefined;

/** The browser's zone, asked for once, as Grafana does. */
const browserZone = (): string => (ownZone ??= Intl.DateTimeFormat().resolvedOptions().timeZone);

/** IANA name of a time zone in Grafana's spelling. */
export function zoneName(timeZone: string | undefined): string {
  if (!timeZone || timeZone === 'browser') {
    return browserZone();
  }
  return timeZone.toLowerCase() === 'utc' ? 'UTC' : timeZone;
}

/** The zone that decides where the query's days begin. */
export const queryZone = (query: LlmCostQuery, { timeZone, scopedVars }: QueryContext): string =>
  zoneName(expand(query.timeZone || timeZone, scopedVars)?.[0]);

export const stretchOf = (query: LlmCostQuery, context: QueryContext): Stretch =>
  timeWindow(query.window ?? 'panel').stretch({ ...context, zone: queryZone(query, context) });

/** The query's filters and the dashboard's ad-hoc filters, with the values behind the variables; All leaves a filter out. */
export function resolveFilters(
  filters: readonly QueryFilter[] = [],
  { scopedVars, adHoc = [] }: Pick<QueryContext, 'scopedVars' | 'adHoc'>
): QueryFilter[] {
  const own = filters.flatMap(({ dimension, operator, values }) => {
    const lists = values.map((value) => expand(value, scopedVars, operator.endsWith('~')));
    // A filter that is only begun in the editor asks for nothing yet.
    const unset = !dimension || values.length === 0 || lists.includes(null);
    return unset
      ? []
      : [
          {
            dimension: expandName(dimension, scopedVars)[0] ?? '',
            operator,
            values: lists.flatMap((list) => list ?? []),
          },
        ];
  });
  return [...own, ...adHoc.map(fromAdHoc)];
}

/** Names behind a text of names; `none` stands for no name, so that "Split by" can offer it. */
const expandName = (text: string, scopedVars: ScopedVars): string[] =>
  (expand(text, scopedVars) ?? []).map((name) => name.trim()).filter((name) => name !== '' && name !== 'none');

function bucketWidth(query: LlmCostQuery, context: QueryContext, { from, to }: Stretch): string | undefined {
  const series = query.format !== 'table';
  const wanted = query.interval || (series ? 'auto' : 'none');
  if (wanted === 'none' && !series) {
    return undefined;
  }
  if (wanted !== 'auto' && wanted !== 'none') {
    return expand(wanted, context.scopedVars)?.[0];
  }
  return niceInterval(Math.max(context.intervalMs, to - from > HOURLY_FROM_MS ? 3_600_000 : 0));
}

/**
 * What the query asks, with every variable, default and ad-hoc filter in its place.
 *
 * @throws QueryError with everything that is wrong with it.
 */
export function toCostQuery(query: LlmCostQuery, context: QueryContext): CostQuery {
  const stretch = stretchOf(query, context);
  const names = (list: readonly string[] = []) => list.flatMap((text) => expandName(text, context.scopedVars));
  const groupBy = names(query.groupBy);
  const series = query.format !== 'table';
  const grouped = groupBy.length > 0;
  return parseQuery({
    from: new Date(stretch.from).toISOString(),
    to: new Date(stretch.to).toISOString(),
    metrics: names(query.metrics),
    group_by: groupBy,
    filters: resolveFilters(query.filters, context),
    interval: bucketWidth(query, context, stretch),
    time_zone: queryZone(query, context),
    order_by: query.orderBy ? expandName(query.orderBy, context.scopedVars)[0] : undefined,
    direction: query.orderBy ? query.direction : undefined,
    limit: grouped ? (query.limit ?? (series ? DEFAULT_SERIES : DEFAULT_ROWS)) : undefined,
    with_other: grouped && (query.withOther ?? series),
  });
}
