import type { DimensionName } from './dimensions';
import type { Measure } from './measures';
import type { StepName } from './steps';

/** Hours and days are UTC. */
export type Grain = 'hour' | 'day';

/** A view over the event table that is already summed by hour or day; always equal to the raw rows (see migration 0002). */
export interface Rollup {
  readonly name: string;
  readonly grain: Grain;
  readonly dimensions: ReadonlySet<DimensionName | StepName>;
  /** Whether databases had calls before it came (migrations 0032, 0037 and 0040): it is complete where `public.rollup_filled` says so. */
  readonly isFilledLater?: true;
  /** Of an hourly rollup: the table that has its hours of the day that isn't over, summed (migration 0039). */
  readonly today?: string;
  /** What it keeps; all measures unless said otherwise. */
  readonly measures?: ReadonlySet<Measure>;
}

export const GRAIN_MS: Record<Grain, number> = { hour: 3_600_000, day: 86_400_000 };

const BASE = [
  'tenant',
  'project',
  'team',
  'environment',
  'cost_center',
  'provider',
  'model',
  'deployment',
  'endpoint',
  'operation',
  'service_tier',
  'user_segment',
  'service',
  'agent',
  'pipeline',
  'feature',
  'release',
  'status',
  'unpriced_reason',
  'quality',
  'source',
] as const satisfies readonly DimensionName[];

/** What every shipped dashboard filters by. */
const FILTERS = [
  'tenant',
  'project',
  'team',
  'environment',
  'provider',
  'model',
  'deployment',
  'endpoint',
] as const satisfies readonly DimensionName[];

/** Whether a few rows have it beside all others that dashboards filter by. */
export const isFilteredBy = (name: string): name is (typeof FILTERS)[number] =>
  (FILTERS as readonly string[]).includes(name);

/** Enough for most of what the dashboards show. */
const CORE = [...FILTERS, 'unpriced_reason'] as const satisfies readonly DimensionName[];

/** What all tenants together spent on what, unfiltered. */
const MODELS = ['provider', 'model', 'unpriced_reason'] as const satisfies readonly DimensionName[];

/** What the work of all tenants together was for, unfiltered. */
const WORK = [
  'user_segment',
  'agent',
  'pipeline',
  'feature',
  'release',
  'status',
  'unpriced_reason',
  'quality',
  'source',
] as const satisfies readonly DimensionName[];

/** What is shown of users. */
const USER_MEASURES = [
  'calls',
  'total_tokens',
  'input_cost',
  'cache_read_cost',
  'cache_write_cost',
  'output_cost',
  'other_cost',
  'total_cost',
  'unpriced_calls',
  'unpriced_tokens',
] as const satisfies readonly Measure[];

/** By day and by hour how many calls of a model have which step. */
const stepped = (name: string, step: StepName): Rollup[] =>
  (['day', 'hour'] as const).map((grain) => ({
    name: `${name}_1${grain.charAt(0)}`,
    grain,
    dimensions: new Set(['provider', 'model', step] as const),
    isFilledLater: true,
    measures: new Set(['calls'] as const),
  }));

/** From the smallest to the largest: the planner takes the first that has every referenced dimension. */
export const ROLLUPS: readonly Rollup[] = [
  { name: 'usage_model_1d', grain: 'day', dimensions: new Set(MODELS), isFilledLater: true },
  { name: 'usage_model_1h', grain: 'hour', dimensions: new Set(MODELS), isFilledLater: true },
  { name: 'usage_work_1d', grain: 'day', dimensions: new Set(WORK), isFilledLater: true },
  { name: 'usage_work_1h', grain: 'hour', dimensions: new Set(WORK), isFilledLater: true },
  { name: 'usage_core_1d', grain: 'day', dimensions: new Set(CORE) },
  { name: 'usage_core_1h', grain: 'hour', dimensions: new Set(CORE), today: 'usage_core_1d_today' },
  { name: 'usage_1d', grain: 'day', dimensions: new Set(BASE) },
  { name: 'usage_1h', grain: 'hour', dimensions: new Set(BASE), today: 'usage_1d_today' },
  {
    name: 'usage_user_core_1d',
    grain: 'day',
    dimensions: new Set(['tenant', 'user_id', 'user_segment']),
    isFilledLater: true,
    measures: new Set(USER_MEASURES),
  },
  { name: 'usage_user_1d', grain: 'day', dimensions: new Set([...FILTERS, 'user_id', 'user_segment', 'feature']) },
  {
    name: 'usage_run_1d',
    grain: 'day',
    dimensions: new Set([...FILTERS, 'run_id', 'agent', 'pipeline', 'feature', 'service', 'status']),
  },
  ...stepped('usage_duration', 'duration_step'),
  ...stepped('usage_first_token', 'first_token_step'),
  {
    name: 'usage_arrival_1h',
    grain: 'hour',
    dimensions: new Set(['arrival_step']),
    isFilledLater: true,
    measures: new Set(['calls', 'late_calls']),
  },
];
