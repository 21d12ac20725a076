import type { CallColumn } from './callColumns';
import type { Measure } from './measures';
import type { StepName } from './steps';

/** How a metric is to be read; money is USD. `time` is a moment, `text` a name. */
export type Unit =
  'usd' | 'tokens' | 'calls' | 'count' | 'ratio' | 'ms' | 'tokens_per_usd' | 'number' | 'time' | 'text';

/** How a metric is computed from the event table or a rollup of it. */
export type Formula =
  | { readonly kind: 'sum'; readonly measure: Measure }
  /** Quotient of sums, so that an average never comes from averages. `scale` multiplies it; costs are in pico-USD. */
  | {
      readonly kind: 'ratio';
      readonly over: Measure;
      readonly overMinus?: Measure;
      readonly under: Measure;
      readonly underMinus?: Measure;
      readonly scale?: number;
    }
  /** Number of distinct values of a column. */
  | { readonly kind: 'distinct'; readonly column: 'user_id' | 'run_id' | 'session_id' }
  /** A sum per distinct value of a column. */
  | { readonly kind: 'perDistinct'; readonly measure: Measure; readonly column: 'user_id' | 'run_id' }
  /** Continuous percentile over calls, of durations and delays over their steps (steps.ts). */
  | {
      readonly kind: 'percentile';
      readonly fraction: number;
      readonly column: Extract<CallColumn, 'total_cost' | `${string}_ms`>;
    }
  /** The first start or the last end of calls. */
  | { readonly kind: 'moment'; readonly column: Extract<CallColumn, `${string}_at`> }
  /** A percentile and a moment as the planner has them computed where groups have many calls: in a table beside. */
  | { readonly kind: 'stepPercentile'; readonly fraction: number; readonly step: StepName }
  | { readonly kind: 'momentBeside'; readonly column: Extract<CallColumn, `${string}_at`> }
  /** Continuous percentile over the sums per user. */
  | { readonly kind: 'userPercentile'; readonly fraction: number }
  /** Part of the users' cost that this fraction of them, the most expensive, cause; at least one user. */
  | { readonly kind: 'topUsers'; readonly fraction: number }
  /** Cost of priced calls by what their successes may cost, each by the target of its tenant and feature. */
  | { readonly kind: 'ofTarget' }
  /** The model with most calls, or its part of the calls. */
  | { readonly kind: 'topModel'; readonly what: 'name' | 'ratio' }
  /** Running total over time; needs an interval. */
  | { readonly kind: 'cumulative'; readonly measure: Measure }
  /** A group's part of the sum over all groups, of the same bucket where there is an interval. */
  | { readonly kind: 'share'; readonly measure: Measure };

export interface Metric {
  readonly name: string;
  readonly label: string;
  readonly unit: Unit;
  readonly description: string;
  readonly formula: Formula;
}

const sum = (measure: Measure): Formula => ({ kind: 'sum', measure });
/** Unpriced tokens and calls stay out of every price per token or call: they have no cost to divide. */
const perToken = (scale: number): Formula => ({
  kind: 'ratio',
  over: 'total_cost',
  under: 'total_tokens',
  underMinus: 'unpriced_tokens',
  scale,
});

/** What is said of percentiles over steps. */
const STEPPED = 'accurate to 1 %';

const define = <const T extends readonly Metric[]>(list: T): T => list;

export const METRICS = define([
  {
    name: 'total_cost',
    label: 'Cost',
    unit: 'usd',
    description: 'Input, cache, output and other cost',
    formula: sum('total_cost'),
  },
  {
    name: 'input_cost',
    label: 'Input cost',
    unit: 'usd',
    description: 'Cost of uncached input tokens',
    formula: sum('input_cost'),
  },
  {
    name: 'cache_read_cost',
    label: 'Cache read cost',
    unit: 'usd',
    description: 'Cost of input read from a cache',
    formula: sum('cache_read_cost'),
  },
  {
    name: 'cache_write_cost',
    label: 'Cache write cost',
    unit: 'usd',
    description: 'Cost of input written to a cache',
    formula: sum('cache_write_cost'),
  },
  {
    name: 'output_cost',
    label: 'Output cost',
    unit: 'usd',
    description: 'Cost of output tokens, reasoning included',
    formula: sum('output_cost'),
  },
  {
    name: 'reasoning_cost',
    label: 'Reasoning cost',
    unit: 'usd',
    description: 'Part of the output cost that is reasoning',
    formula: sum('reasoning_cost'),
  },
  {
    name: 'other_cost',
    label: 'Other cost',
    unit: 'usd',
    description: 'Per-request fees, searches, audio',
    formula: sum('other_cost'),
  },
  {
    name: 'reported_cost',
    label: 'Reported cost',
    unit: 'usd',
    description: 'What the client or gateway said; kept beside ours',
    formula: sum('reported_cost'),
  },
  { name: 'calls', label: 'Calls', unit: 'calls', description: 'Model calls, retries included', formula: sum('calls') },
  { name: 'errors', label: 'Errors', unit: 'calls', description: 'Calls that did not end ok', formula: sum('errors') },
  {
    name: 'retries',
    label: 'Retries',
    unit: 'calls',
    description: 'Calls with attempt > 1, or found to repeat a failed call of their run or prompt',
    formula: sum('retries'),
  },
  {
    name: 'retry_cost',
    label: 'Retry cost',
    unit: 'usd',
    description: 'Cost of retries',
    formula: sum('retry_cost'),
  },
  {
    name: 'failed_cost',
    label: 'Failed cost',
    unit: 'usd',
    description: 'Cost of calls that did not end ok',
    formula: sum('failed_cost'),
  },
  {
    name: 'unsuccessful_cost',
    label: 'Cost of failures',
    unit: 'usd',
    description: 'Cost of calls without success: failed, or found wanting by feedback or the rule of the tenant',
    formula: sum('unsuccessful_cost'),
  },
  {
    name: 'wasted_cost',
    label: 'Spent on failures and retries',
    unit: 'usd',
    description: 'Cost of calls without success and of retries, each call once',
    formula: sum('wasted_cost'),
  },
  {
    name: 'wasted_ratio',
    label: 'Share spent on failures and retries',
    unit: 'ratio',
    description: 'Cost of calls without success and of retries by cost',
    formula: { kind: 'ratio', over: 'wasted_cost', under: 'total_cost' },
  },
  {
    name: 'successes',
    label: 'Successes',
    unit: 'calls',
    description: 'Calls that ended ok with an accepted finish reason, or as feedback says',
    formula: sum('successes'),
  },
  {
    name: 'input_tokens',
    label: 'Input tokens',
    unit: 'tokens',
    description: 'All input tokens, cached included',
    formula: sum('input_tokens'),
  },
  {
    name: 'cache_read_tokens',
    label: 'Cache read tokens',
    unit: 'tokens',
    description: 'Input tokens read from a cache',
    formula: sum('cache_read_tokens'),
  },
  {
    name: 'cache_write_tokens',
    label: 'Cache write tokens',
    unit: 'tokens',
    description: 'Input tokens written to a cache',
    formula: sum('cache_write_tokens'),
  },
  {
    name: 'output_tokens',
    label: 'Output tokens',
    unit: 'tokens',
    description: 'All output tokens, reasoning included',
    formula: sum('output_tokens'),
  },
  {
    name: 'reasoning_tokens',
    label: 'Reasoning tokens',
    unit: 'tokens',
    description: 'Output tokens spent on reasoning',
    formula: sum('reasoning_tokens'),
  },
  {
    name: 'total_tokens',
    label: 'Tokens',
    unit: 'tokens',
    description: 'Input and output tokens',
    formula: sum('total_tokens'),
  },
  {
    name: 'unpriced_calls',
    label: 'Unpriced calls',
    unit: 'calls',
    description: 'Calls whose price is unknown',
    formula: sum('unpriced_calls'),
  },
  {
    name: 'unpriced_tokens',
    label: 'Unpriced tokens',
    unit: 'tokens',
    description: 'Tokens of calls whose price is unknown',
    formula: sum('unpriced_tokens'),
  },
  {
    name: 'users',
    label: 'Users',
    unit: 'count',
    description: 'Distinct users',
    formula: { kind: 'distinct', column: 'user_id' },
  },
  {
    name: 'runs',
    label: 'Runs',
    unit: 'count',
    description: 'Distinct pipeline runs',
    formula: { kind: 'distinct', column: 'run_id' },
  },
  {
    name: 'sessions',
    label: 'Sessions',
    unit: 'count',
    description: 'Distinct sessions',
    formula: { kind: 'distinct', column: 'session_id' },
  },
  {
    name: 'cost_per_call',
    label: 'Cost per call',
    unit: 'usd',
    description: 'Cost by priced calls',
    formula: { kind: 'ratio', over: 'total_cost', under: 'calls', underMinus: 'unpriced_calls' },
  },
  {
    name: 'cost_per_1m_tokens',
    label: 'Cost per 1M tokens',
    unit: 'usd',
    description: 'Cost by million priced tokens',
    formula: perToken(1_000_000),
  },
  {
    name: 'cost_per_1k_tokens',
    label: 'Cost per 1K tokens',
    unit: 'usd',
    description: 'Cost by thousand priced tokens',
    formula: perToken(1_000),
  },
  {
    name: 'tokens_per_dollar',
    label: 'Tokens per dollar',
    unit: 'tokens_per_usd',
    description: 'Priced tokens by USD',
    formula: {
      kind: 'ratio',
      over: 'total_tokens',
      overMinus: 'unpriced_tokens',
      under: 'total_cost',
      scale: 1_000_000_000_000,
    },
  },
  {
    name: 'cost_per_user',
    label: 'Cost per user',
    unit: 'usd',
    description: 'Cost by distinct user; calls without a user stay out',
    formula: { kind: 'perDistinct', measure: 'total_cost', column: 'user_id' },
  },
  {
    name: 'cost_per_run',
    label: 'Cost per run',
    unit: 'usd',
    description: 'Cost by distinct run; calls without a run stay out',
    formula: { kind: 'perDistinct', measure: 'total_cost', column: 'run_id' },
  },
  {
    name: 'cost_per_success',
    label: 'Cost per success',
    unit: 'usd',
    description: 'Cost of all priced calls, failed ones and retries included, by their successes',
    formula: { kind: 'ratio', over: 'total_cost', under: 'priced_successes' },
  },
  {
    name: 'of_target',
    label: 'Of the target',
    unit: 'ratio',
    description:
      'Cost per success by its target, which each tenant and feature can have of its own; above 100% it is missed',
    formula: { kind: 'ofTarget' },
  },
  {
    name: 'cost_per_tool_success',
    label: 'Cost per successful tool call',
    unit: 'usd',
    description: 'Cost of all priced calls that served a tool by those of them with success',
    formula: { kind: 'ratio', over: 'tool_cost', under: 'tool_successes' },
  },
  {
    name: 'cost_per_point',
    label: 'Cost per satisfaction point',
    unit: 'usd',
    description:
      'Cost of rated calls, runs and sessions by the sum of their scores; those with unpriced calls stay out',
    formula: { kind: 'ratio', over: 'rated_cost', under: 'priced_points' },
  },
  {
    name: 'score',
    label: 'Score',
    unit: 'number',
    description: 'Average score of rated calls, runs and sessions',
    formula: { kind: 'ratio', over: 'points', under: 'ratings' },
  },
  {
    name: 'ratings',
    label: 'Ratings',
    unit: 'count',
    description: 'Calls, runs and sessions with a score',
    formula: sum('ratings'),
  },
  {
    name: 'tokens_per_call',
    label: 'Tokens per call',
    unit: 'number',
    description: 'Input and output tokens by calls',
    formula: { kind: 'ratio', over: 'total_tokens', under: 'calls' },
  },
  {
    name: 'input_tokens_per_call',
    label: 'Prompt tokens per call',
    unit: 'number',
    description: 'Input tokens by calls',
    formula: { kind: 'ratio', over: 'input_tokens', under: 'calls' },
  },
  {
    name: 'output_tokens_per_call',
    label: 'Completion tokens per call',
    unit: 'number',
    description: 'Output tokens by calls',
    formula: { kind: 'ratio', over: 'output_tokens', under: 'calls' },
  },
  {
    name: 'cost_per_output_token',
    label: 'Cost per output token',
    unit: 'usd',
    description: 'Cost of all calls by output token',
    formula: { kind: 'ratio', over: 'total_cost', under: 'output_tokens' },
  },
  {
    name: 'cost_per_useful_output_token',
    label: 'Cost per useful output token',
    unit: 'usd',
    description: 'Cost of all calls, failed ones included, by output token of successful calls',
    formula: { kind: 'ratio', over: 'total_cost', under: 'useful_output_tokens' },
  },
  {
    name: 'cost_p50',
    label: 'Cost per call, median',
    unit: 'usd',
    description: 'Median cost of a priced call',
    formula: { kind: 'percentile', fraction: 0.5, column: 'total_cost' },
  },
  {
    name: 'cost_p95',
    label: 'Cost per call, P95',
    unit: 'usd',
    description: '95th percentile of the cost of a priced call',
    formula: { kind: 'percentile', fraction: 0.95, column: 'total_cost' },
  },
  {
    name: 'cost_p99',
    label: 'Cost per call, P99',
    unit: 'usd',
    description: '99th percentile of the cost of a priced call',
    formula: { kind: 'percentile', fraction: 0.99, column: 'total_cost' },
  },
  {
    name: 'user_cost_p95',
    label: 'Cost per user, P95',
    unit: 'usd',
    description: '95th percentile over users of what a user cost',
    formula: { kind: 'userPercentile', fraction: 0.95 },
  },
  {
    name: 'top_users_share',
    label: 'Share of the top 5% of users',
    unit: 'ratio',
    description: 'Part of the cost of all known users that the most expensive 5% of them cause (at least one user)',
    formula: { kind: 'topUsers', fraction: 0.05 },
  },
  {
    name: 'top_model',
    label: 'Most used model',
    unit: 'text',
    description: 'The model with most calls',
    formula: { kind: 'topModel', what: 'name' },
  },
  {
    name: 'top_model_ratio',
    label: 'Ratio of the most used model',
    unit: 'ratio',
    description: 'Calls of the model with most calls by calls',
    formula: { kind: 'topModel', what: 'ratio' },
  },
  {
    name: 'cache_hit_ratio',
    label: 'Cache hit ratio',
    unit: 'ratio',
    description: 'Input tokens read from a cache by input tokens',
    formula: { kind: 'ratio', over: 'cache_read_tokens', under: 'input_tokens' },
  },
  {
    name: 'cache_savings',
    label: 'Cache savings',
    unit: 'usd',
    description: 'What cached input would have cost more at the input price',
    formula: sum('cache_savings'),
  },
  {
    name: 'duration_p50',
    label: 'Duration, median',
    unit: 'ms',
    description: `Median duration of a call; ${STEPPED}`,
    formula: { kind: 'percentile', fraction: 0.5, column: 'duration_ms' },
  },
  {
    name: 'duration_p95',
    label: 'Duration, P95',
    unit: 'ms',
    description: `95th percentile of the duration of a call; ${STEPPED}`,
    formula: { kind: 'percentile', fraction: 0.95, column: 'duration_ms' },
  },
  {
    name: 'time_to_first_token_p95',
    label: 'Time to first token, P95',
    unit: 'ms',
    description: `95th percentile of the time to first token; ${STEPPED}`,
    formula: { kind: 'percentile', fraction: 0.95, column: 'time_to_first_token_ms' },
  },
  {
    name: 'success_ratio',
    label: 'Success ratio',
    unit: 'ratio',
    description: 'Successes by calls',
    formula: { kind: 'ratio', over: 'successes', under: 'calls' },
  },
  {
    name: 'error_ratio',
    label: 'Error ratio',
    unit: 'ratio',
    description: 'Calls that did not end ok by calls',
    formula: { kind: 'ratio', over: 'errors', under: 'calls' },
  },
  {
    name: 'retry_ratio',
    label: 'Retry ratio',
    unit: 'ratio',
    description: 'Retries by calls',
    formula: { kind: 'ratio', over: 'retries', under: 'calls' },
  },
  {
    name: 'started_at',
    label: 'Started',
    unit: 'time',
    description: 'When the first call began',
    formula: { kind: 'moment', column: 'started_at' },
  },
  {
    name: 'ended_at',
    label: 'Ended',
    unit: 'time',
    description: 'When the last call ended',
    formula: { kind: 'moment', column: 'ended_at' },
  },
  {
    name: 'arrival_delay_p95',
    label: 'Arrival delay, P95',
    unit: 'ms',
    description: `From the end of a call until it was stored, 95th percentile; a repriced call counts from its last pricing; ${STEPPED}`,
    formula: { kind: 'percentile', fraction: 0.95, column: 'arrival_delay_ms' },
  },
  {
    name: 'late_calls',
    label: 'Late calls',
    unit: 'calls',
    description:
      'Calls that were stored more than an hour after their end; a repriced call counts from its last pricing',
    formula: sum('late_calls'),
  },
  {
    name: 'cost_share',
    label: 'Share of cost',
    unit: 'ratio',
    description: 'Part of the cost of all groups, those beyond the limit included',
    formula: { kind: 'share', measure: 'total_cost' },
  },
  {
    name: 'cumulative_cost',
    label: 'Cumulative cost',
    unit: 'usd',
    description: 'Running total of the cost; needs an interval',
    formula: { kind: 'cumulative', measure: 'total_cost' },
  },
]);

export type MetricName = (typeof METRICS)[number]['name'];

const BY_NAME = new Map<string, Metric>(METRICS.map((metric) => [metric.name, metric]));

export const isMetricName = (name: string): name is MetricName => BY_NAME.has(name);

export const metric = (name: MetricName): Metric => BY_NAME.get(name)!;
