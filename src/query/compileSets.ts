import { baseSelects } from './base';
import type { DimensionName } from './dimensions';
import { columnType, formulaSql, output, type ResultColumn } from './formulas';
import type { MetricName } from './metrics';
import type { CostQuery } from './model';
import { type CompileOptions, makePlan } from './plan';

/** Several groupings of the same calls in several ranges of time. */
export interface SetsQuery {
  /** RFC 3339, `[from, to)`. */
  readonly ranges: ReadonlyArray<Pick<CostQuery, 'from' | 'to'>>;
  readonly filters: CostQuery['filters'];
  /** Plain sums, at least one. */
  readonly metrics: readonly MetricName[];
  /** Each is a `group_by` of its own. */
  readonly sets: ReadonlyArray<readonly DimensionName[]>;
  /** The rows of largest value of the first metric, over all ranges and sets; all of them where it is left out. */
  readonly limit?: number;
}

export interface CompiledSets {
  readonly sql: string;
  /** Of the metrics; before them each row has its range's number, its set's number, and the value of every dimension. */
  readonly columns: readonly ResultColumn[];
  /** All dimensions of the sets, in the order of their columns. A row knows those of its set; the others are null. */
  readonly dimensions: readonly DimensionName[];
}

/**
 * Compiles what would be a query for each range and set into one statement that reads every call (or its rollup) once.
 * The calls are summed by all dimensions together first, and those few rows by each set.
 *
 * @throws Error for a metric that is no plain sum; QueryError when one can't be had by cost type.
 */
export function compileSets(
  { ranges, filters, metrics, sets, limit }: SetsQuery,
  options: CompileOptions
): CompiledSets {
  const dimensions = [...new Set(sets.flat())];
  const plans = ranges.map((range) =>
    makePlan(
      {
        ...range,
        filters,
        metrics: [...metrics],
        group_by: dimensions,
        time_zone: 'UTC',
        direction: 'desc',
        with_other: false,
      },
      options
    )
  );
  const [plan] = plans;
  if (!plan) {
    throw new Error('a query needs a range of time');
  }
  const odd = plan.metrics.find(({ formula }) => formula.kind !== 'sum');
  if (odd) {
    throw new Error(`${odd.name} is no plain sum`);
  }
  const keys = new Map(dimensions.map((name, i) => [name, `k${i + 1}`]));
  const columns = (names: readonly DimensionName[]): string[] => names.map((name) => keys.get(name)!);
  const calls = plans.map((one, i) =>
    baseSelects(one).selects.map((select) => `SELECT ${i} AS range, part.* FROM (${select}) AS part`)
  );
  const grouped = sets.map((set) => `(${['range', ...columns(set)].join(', ')})`);
  // A dimension that a row's set doesn't have is "grouping" there: which of them are, says which set it is.
  const masks = sets.map((set) => dimensions.reduce((mask, name) => mask * 2 + (set.includes(name) ? 0 : 1), 0));
  const number = `CASE grouping(${columns(dimensions).join(', ')}) ${masks.map((mask, i) => `WHEN ${mask} THEN ${i}`).join(' ')} END`;
  const values = plan.metrics.map(
    (one) => `${output(formulaSql(one, plan, []), one.unit, options.dialect)} AS ${one.name}`
  );
  const largest =
    limit === undefined ? '' : `\nORDER BY ${formulaSql(plan.metrics[0]!, plan, [])} DESC NULLS LAST LIMIT ${limit}`;
  return {
    sql: `WITH calls AS (
  ${calls.flat().join('\n  UNION ALL\n  ')}
)
SELECT range, ${number} AS set, ${[...columns(dimensions), ...values].join(', ')} FROM calls
GROUP BY GROUPING SETS (${grouped.join(', ')})${largest}`,
    columns: plan.metrics.map(({ name, unit }) => ({ name, type: columnType(unit), unit })),
    dimensions,
  };
}
