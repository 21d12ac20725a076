import { type Costs, type PricedEvent, type Pricing, USAGE_FIELDS, type UsageField } from '../events/usageEvent';

export type ColumnType = 'timestamptz' | 'uuid' | 'text' | 'smallint' | 'bigint' | 'double precision' | 'jsonb';

/** A column of `usage_events` that the writer fills, and its value as PostgreSQL text (null: NULL). */
export interface EventColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly text: (event: PricedEvent) => string | null;
}

type TextField = {
  [K in keyof PricedEvent]: PricedEvent[K] extends string | null ? K : never;
}[keyof PricedEvent];

const TEXT_FIELDS = [
  'tenant',
  'project',
  'team',
  'environment',
  'cost_center',
  'provider',
  'model',
  'request_model',
  'deployment',
  'endpoint',
  'operation',
  'service_tier',
  'user_id',
  'user_segment',
  'session_id',
  'service',
  'agent',
  'run_id',
  'pipeline',
  'feature',
  'release',
  'tool',
  'status',
  'error_type',
  'finish_reason',
  'quality',
  'source',
  'trace_id',
  'span_id',
  'response_id',
] as const satisfies ReadonlyArray<Exclude<TextField, 'event_id'>>;

/** Compiles only while the list above names every text field. */
type Forgotten = Exclude<TextField, 'event_id' | (typeof TEXT_FIELDS)[number]>;
const NONE_FORGOTTEN: [Forgotten] extends [never] ? true : Forgotten = true;

export const COST_COLUMNS = [
  'input_cost',
  'cache_read_cost',
  'cache_write_cost',
  'output_cost',
  'reasoning_cost',
  'other_cost',
  'total_cost',
  'cache_savings',
] as const satisfies ReadonlyArray<keyof Costs>;

const number = (value: number | null): string | null => (value === null ? null : String(value));

const usage = (name: UsageField): EventColumn => ({ name, type: 'bigint', text: (event) => number(event[name]) });

const priced = (
  name: string,
  type: ColumnType,
  value: (pricing: Pricing & { priced: true }) => string
): EventColumn => ({
  name,
  type,
  text: ({ pricing }) => (pricing.priced ? value(pricing) : null),
});

/** Every column but `priced_at`, which the database sets to the time of the transaction. */
export const EVENT_COLUMNS: readonly EventColumn[] = NONE_FORGOTTEN && [
  { name: 'time', type: 'timestamptz', text: (event) => timestamp(event.time) },
  { name: 'event_id', type: 'uuid', text: (event) => event.event_id },
  ...TEXT_FIELDS.map((name): EventColumn => ({ name, type: 'text', text: (event) => event[name] })),
  { name: 'attempt', type: 'smallint', text: (event) => String(event.attempt) },
  { name: 'duration_ms', type: 'double precision', text: (event) => number(event.duration_ms) },
  {
    name: 'time_to_first_token_ms',
    type: 'double precision',
    text: (event) => number(event.time_to_first_token_ms),
  },
  ...USAGE_FIELDS.map(usage),
  ...COST_COLUMNS.map((name) => priced(name, 'bigint', (pricing) => String(pricing[name]))),
  { name: 'reported_cost', type: 'bigint', text: ({ reported_cost: cost }) => (cost === null ? null : String(cost)) },
  priced('price_id', 'text', (pricing) => pricing.price_id),
  priced('price_version', 'bigint', (pricing) => String(pricing.price_version)),
  {
    name: 'unpriced_reason',
    type: 'text',
    text: ({ pricing }) => (pricing.priced ? null : pricing.unpriced_reason),
  },
  { name: 'tags', type: 'jsonb', text: ({ tags }) => (tags === null ? null : JSON.stringify(tags)) },
];

const SECOND_US = 1_000_000;
let lastSecond = NaN;
let lastText = '';

/**
 * Whole microseconds since 1970 as a timestamptz in UTC, e.g. `2026-01-31 23:59:59.123456Z`.
 *
 * @throws RangeError for a time that no Date can hold.
 */
export function timestamp(us: number): string {
  const second = Math.floor(us / SECOND_US);
  // Batches are sorted by time: neighbours mostly share their second.
  if (second !== lastSecond) {
    lastText = new Date(second * 1000).toISOString().slice(0, -'.000Z'.length);
    lastSecond = second;
  }
  return `${lastText}.${String(us - second * SECOND_US).padStart(6, '0')}Z`;
}
