import { CALL_COLUMNS } from './callColumns';

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

/** Additive columns that only rollups keep which name them, for ONE row of `usage_events`. */
const RARE = {
  /** Stored more than an hour after their end. */
  late_calls: `CASE WHEN ${CALL_COLUMNS.arrival_delay_ms} > 3600000 THEN 1 ELSE 0 END`,
} as const;

/** SQL of a measure in one source. */
type MeasureColumn = (measure: keyof typeof MEASURES) => string;

interface Derived {
  /** The dimension that a rollup must have to give it. */
  readonly needs?: 'status' | 'tool' | 'unpriced_reason';
  readonly sql: (column: MeasureColumn) => string;
}

const derive = <const T extends Readonly<Record<string, Derived>>>(list: T): T => list;

/** Measures that rollups don't keep, computed from those that they do and from a dimension that a rollup may have. */
export const DERIVED = derive({
  /** Output tokens of priced calls that ended ok. */
  useful_output_tokens: {
    needs: 'status',
    sql: (column) =>
      `CASE WHEN status = 'ok' THEN ${column('output_tokens')} - ${column('unpriced_output_tokens')} END`,
  },
  /** Successes whose cost is known. */
  priced_successes: {
    needs: 'unpriced_reason',
    sql: (column) => `CASE WHEN unpriced_reason IS NULL THEN ${column('successes')} ELSE 0 END`,
  },
  /** Cost of calls without success; outcomes add what feedback and the rule say otherwise. */
  unsuccessful_cost: { sql: (column) => column('failed_cost') },
  /** Cost of failures and of retries, each call once. */
  wasted_cost: {
    needs: 'status',
    sql: (column) => `CASE WHEN status <> 'ok' THEN ${column('total_cost')} ELSE ${column('retry_cost')} END`,
  },
  tool_cost: { needs: 'tool', sql: (column) => `CASE WHEN tool IS NOT NULL THEN ${column('total_cost')} END` },
  tool_successes: {
    needs: 'tool',
    sql: (column) => `CASE WHEN tool IS NOT NULL AND unpriced_reason IS NULL THEN ${column('successes')} ELSE 0 END`,
  },
  /** What follows is known of rated calls only, which outcomes hold. */
  rated_cost: { sql: () => 'NULL::bigint' },
  points: { sql: () => '0' },
  priced_points: { sql: () => '0' },
  ratings: { sql: () => '0' },
});

/**
 * What a row of `call_outcomes` adds to measures: what feedback, the tenant's rule and chains of retries say otherwise than
 * the call's own status and attempt (docs/outcomes.md). Of every other measure such a row has nothing.
 */
const OUTCOME_CHANGES: Partial<Record<Measure, string>> = {
  successes: 'successes_change',
  priced_successes: 'CASE WHEN unpriced_reason IS NULL THEN successes_change ELSE 0 END',
  retries: 'retries_change',
  retry_cost: 'retry_cost_change',
  unsuccessful_cost: 'unsuccessful_cost_change',
  wasted_cost: 'wasted_cost_change',
  tool_successes: 'CASE WHEN tool IS NOT NULL AND unpriced_reason IS NULL THEN successes_change ELSE 0 END',
  rated_cost: 'rated_cost',
  points: 'points',
  priced_points: 'priced_points',
  ratings: 'ratings',
};

export type Measure = keyof typeof MEASURES | keyof typeof DERIVED | keyof typeof RARE;

/** Where measures are read: single calls, sums of them, or what outcomes change about them. */
export type MeasureSource = 'events' | 'rollup' | 'outcomes';

const isDerived = (measure: Measure): measure is keyof typeof DERIVED => Object.hasOwn(DERIVED, measure);

/** Whether only rollups keep it that name it. */
export const isRare = (measure: Measure): measure is keyof typeof RARE => Object.hasOwn(RARE, measure);

/** Whether outcomes can change the measure. */
export const hasOutcomes = (measure: Measure): boolean => OUTCOME_CHANGES[measure] !== undefined;

/** The dimension that a source must have to give the measure. */
export const neededDimension = (measure: Measure): Derived['needs'] =>
  isDerived(measure) ? (DERIVED[measure] as Derived).needs : undefined;

/** SQL of a measure for one row of the events, of a rollup of them, or of their outcomes. */
export function measureSql(measure: Measure, source: MeasureSource): string {
  if (source === 'outcomes') {
    // NULL is no amount at all: where nothing was priced a sum must stay unknown.
    return OUTCOME_CHANGES[measure] ?? (isCost(measure) ? 'NULL::bigint' : '0');
  }
  if (isRare(measure)) {
    return source === 'events' ? `(${RARE[measure]})` : measure;
  }
  const column: MeasureColumn = (name) => (source === 'events' ? `(${MEASURES[name]})` : name);
  return isDerived(measure) ? `(${(DERIVED[measure] as Derived).sql(column)})` : column(measure);
}

/**
 * The calls that a cost is of, as sums to add and one to take away. Where there are none of them the cost is 0 and not unknown,
 * however many other calls there are.
 */
const CALLS_OF: Partial<Record<Measure, { readonly plus: readonly Measure[]; readonly minus?: Measure }>> = {
  retry_cost: { plus: ['retries'] },
  failed_cost: { plus: ['errors'] },
  unsuccessful_cost: { plus: ['calls'], minus: 'successes' },
  wasted_cost: { plus: ['calls', 'retries'], minus: 'successes' },
};

/** A measure and those that say whether it is 0 or unknown. */
export function withCallsOf(measure: Measure): readonly Measure[] {
  const of = CALLS_OF[measure];
  return of ? [measure, ...of.plus, ...(of.minus ? [of.minus] : [])] : [measure];
}

/** The sum of a measure over rows that have {@link withCallsOf} too. */
export function sumSql(measure: Measure): string {
  const of = CALLS_OF[measure];
  if (!of) {
    return `sum(${measure})`;
  }
  const calls = `${of.plus.map((one) => `sum(${one})`).join(' + ')}${of.minus ? ` - sum(${of.minus})` : ''}`;
  return `CASE WHEN ${calls} = 0 THEN 0 ELSE sum(${measure}) END`;
}

/** Costs stay NULL where nothing was priced; counts of calls and tokens are 0 there. */
export const isCost = (measure: Measure): boolean => measure.endsWith('_cost') || measure === 'cache_savings';
