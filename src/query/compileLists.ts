import { compileSets } from './compileSets';
import type { DimensionName } from './dimensions';
import { NOT_SET } from './labels';
import { literal } from './literal';
import type { CostQuery } from './model';
import type { CompileOptions } from './plan';

/** Values of several dimensions, each a list of its own. */
export interface ListsQuery extends Pick<CostQuery, 'from' | 'to' | 'filters'> {
  readonly dimensions: readonly DimensionName[];
  /** Values of each list, the most used ones. */
  readonly limit: number;
}

/**
 * Compiles lists of values, most used first, into one statement that reads the calls (or their rollup) once. Its rows are the
 * list's number and a value, by list and place: what a query of `calls` by each dimension gives.
 *
 * @throws QueryError for filters that make no sense.
 */
export function compileLists(
  { from, to, filters, dimensions, limit }: ListsQuery,
  options: Omit<CompileOptions, 'dialect'> = {}
): string {
  const sets = compileSets(
    { ranges: [{ from, to }], filters, metrics: ['calls'], sets: dimensions.map((name) => [name]) },
    { ...options, dialect: 'grafana' }
  );
  const values = dimensions.map((name, i) => `WHEN ${i} THEN k${sets.dimensions.indexOf(name) + 1}`);
  return `WITH sets AS (
${sets.sql}
),
listed AS (
  SELECT set AS list, CASE set ${values.join(' ')} END AS value, calls FROM sets
),
placed AS (
  SELECT list, value, row_number() OVER (PARTITION BY list ORDER BY calls DESC NULLS LAST, value) AS place FROM listed
)
SELECT list, coalesce(value, ${literal(NOT_SET)}) AS value FROM placed WHERE place <= ${limit} ORDER BY list, place`;
}
