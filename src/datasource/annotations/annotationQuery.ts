import { annotationSql, parseQuery } from '../../query';
import type { AskedView } from '../paths/path';
import { type QueryContext, resolveFilters } from '../query/toCostQuery';
import { PANEL_RANGE } from '../query/windows';
import type { LlmCostQuery } from '../types';

/**
 * An annotation's query as SQL, and as what the collector is asked.
 *
 * @throws QueryError when a filter is not one.
 */
export function annotationAsked(asked: LlmCostQuery, context: QueryContext): AskedView {
  const annotation = asked.annotation ?? 'releases';
  // The rules for ranges and filters are those of any cost query.
  const { from, to, filters } = parseQuery({
    from: new Date(context.range.from).toISOString(),
    to: new Date(context.range.to).toISOString(),
    metrics: ['calls'],
    filters: resolveFilters(asked.filters, context),
  });
  return {
    asked,
    sql: annotationSql(annotation, filters, PANEL_RANGE),
    path: 'api/annotations',
    body: { annotation, from, to, filters },
  };
}
