import { annotationSql, parseQuery } from '../../query';
import { type QueryContext, resolveFilters } from '../query/toCostQuery';
import { PANEL_RANGE } from '../query/windows';
import type { LlmCostQuery } from '../types';

/**
 * An annotation's query as SQL of its own.
 *
 * @throws QueryError when a filter is not one.
 */
export function annotationQuery(query: LlmCostQuery, context: QueryContext): LlmCostQuery {
  const { from, to } = context.range;
  // The rules for filters are those of any cost query.
  const { filters } = parseQuery({
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    metrics: ['calls'],
    filters: resolveFilters(query.filters, context),
  });
  const sql = annotationSql(query.annotation ?? 'releases', filters, PANEL_RANGE);
  return { ...query, annotation: undefined, format: 'table', sql };
}
