/**
 * Additive columns that the rollups keep, each with the SQL that gives it for ONE row of `usage_events`.
 * Costs are integer pico-USD (1e-12 USD). NULL means unknown (unpriced), never zero.
 */
const TOKENS = 'coalesce(input_tokens, 0) + coalesce(output_tokens, 0)';
const CACHE_WRITE =
  'CASE WHEN cache_write_5m_tokens IS NULL AND cache_write_1h_tokens IS NULL THEN NULL ' +
  'ELSE coalesce(cache_write_5m_tokens, 0) + coalesce(cache_write_1h_tokens, 0) END';
const unpriced = (tokens: string) => `CASE WHEN total_cost IS NULL THEN ${tokens} ELSE 0 END`;

export const MEASURES = {
  calls: '1',
  errors: "CASE WHEN status <> 'ok' THEN 1 ELSE 0 END",
  retries: 'CASE WHEN attempt > 1 THEN 1 ELSE 0 END',
  retry_cost: 'CASE WHEN attempt > 1 THEN total_cost END',
  failed_cost: "CASE WHEN status <> 'ok' THEN total_cost END",
  successes: "CASE WHEN status = 'ok' THEN 1 ELSE 0 END",
  input_tokens: 'input_tokens',
  cache_read_tokens: 'cache_read_tokens',
  cache_write_tokens: CACHE_WRITE,
  output_tokens: 'output_tokens',
  total_tokens: TOKENS,
  reasoning_tokens: 'reasoning_tokens',
  input_cost: 'input_cost',
  cache_read_cost: 'cache_read_cost',
  cache_write_cost: 'cache_write_cost',
  output_cost: 'output_cost',
  reasoning_cost: 'reasoning_cost',
  other_cost: 'other_cost',
  total_cost: 'total_cost',
  reported_cost: 'reported_cost',
  cache_savings: 'cache_savings',
  unpriced_calls: unpriced('1'),
  unpriced_tokens: unpriced(TOKENS),
  unpriced_cache_read_tokens: unpriced('coalesce(cache_read_tokens, 0)'),
  unpriced_cache_write_tokens: unpriced(`coalesce(${CACHE_WRITE}, 0)`),
  unpriced_output_tokens: unpriced('coalesce(output_tokens, 0)'),
} as const;

/** Measures that rollups don't keep, computed from those that they do and from a dimension that a rollup may have. */
export const DERIVED = {
  /** Output tokens of priced calls that ended ok. */
  useful_output_tokens: {
    needs: 'status',
    sql: (column: (measure: keyof typeof MEASURES) => string): string =>
      `CASE WHEN status = 'ok' THEN ${column('output_tokens')} - ${column('unpriced_output_tokens')} END`,
  },
} as const;

export type Measure = keyof typeof MEASURES | keyof typeof DERIVED;

const isDerived = (measure: Measure): measure is keyof typeof DERIVED => Object.hasOwn(DERIVED, measure);

/** The dimension that a source must have to give the measure. */
export const neededDimension = (measure: Measure): 'status' | undefined =>
  isDerived(measure) ? DERIVED[measure].needs : undefined;

/** SQL of a measure for one row of the events, or of a rollup of them. */
export function measureSql(measure: Measure, ofEvents: boolean): string {
  const column = (name: keyof typeof MEASURES) => (ofEvents ? `(${MEASURES[name]})` : name);
  return isDerived(measure) ? `(${DERIVED[measure].sql(column)})` : column(measure);
}

/** Costs stay NULL where nothing was priced; counts of calls and tokens are 0 there. */
export const isCost = (measure: Measure): boolean => measure.endsWith('_cost') || measure === 'cache_savings';
