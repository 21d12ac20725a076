import type { Costs, PricedEvent, UsageField } from '../events/usageEvent';

export type ColumnType = 'timestamptz' | 'uuid' | 'text' | 'smallint' | 'bigint' | 'double precision' | 'jsonb';

/**
 * A column's value: µs since 1970 of a timestamptz, text of a uuid or text, whole numbers of a smallint or bigint, an
 * object of a jsonb; null is NULL.
 */
type ColumnValue = string | number | bigint | object | null;

/** A column of `usage_events` that the writer fills. */
export interface EventColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly read: (event: PricedEvent) => ColumnValue;
  /** The value as PostgreSQL text. */
  readonly text: (event: PricedEvent) => string | null;
}

/** Text fields; `event_id` is a column of its own type. */
type TextField = Exclude<
  { [K in keyof PricedEvent]: PricedEvent[K] extends string | null ? K : never }[keyof PricedEvent],
  'event_id'
>;

// One function per field, not one for all by name: each then reads its field of the shape that all events have.
const TEXT: { readonly [K in TextField]: EventColumn['read'] } = {
  tenant: (event) => event.tenant,
  project: (event) => event.project,
  team: (event) => event.team,
  environment: (event) => event.environment,
  cost_center: (event) => event.cost_center,
  provider: (event) => event.provider,
  model: (event) => event.model,
  request_model: (event) => event.request_model,
  deployment: (event) => event.deployment,
  endpoint: (event) => event.endpoint,
  operation: (event) => event.operation,
  service_tier: (event) => event.service_tier,
  user_id: (event) => event.user_id,
  user_segment: (event) => event.user_segment,
  session_id: (event) => event.session_id,
  service: (event) => event.service,
  agent: (event) => event.agent,
  run_id: (event) => event.run_id,
  pipeline: (event) => event.pipeline,
  feature: (event) => event.feature,
  release: (event) => event.release,
  tool: (event) => event.tool,
  status: (event) => event.status,
  error_type: (event) => event.error_type,
  finish_reason: (event) => event.finish_reason,
  quality: (event) => event.quality,
  source: (event) => event.source,
  trace_id: (event) => event.trace_id,
  span_id: (event) => event.span_id,
  response_id: (event) => event.response_id,
};

const USAGE: { readonly [K in UsageField]: (event: PricedEvent) => number | null } = {
  input_tokens: (event) => event.input_tokens,
  cache_read_tokens: (event) => event.cache_read_tokens,
  cache_write_5m_tokens: (event) => event.cache_write_5m_tokens,
  cache_write_1h_tokens: (event) => event.cache_write_1h_tokens,
  output_tokens: (event) => event.output_tokens,
  reasoning_tokens: (event) => event.reasoning_tokens,
  audio_input_tokens: (event) => event.audio_input_tokens,
  audio_output_tokens: (event) => event.audio_output_tokens,
  image_input_tokens: (event) => event.image_input_tokens,
  requests: (event) => event.requests,
  web_searches: (event) => event.web_searches,
  other_units: (event) => event.other_units,
};

const COSTS: { readonly [K in keyof Costs]: (costs: Costs) => bigint } = {
  input_cost: (costs) => costs.input_cost,
  cache_read_cost: (costs) => costs.cache_read_cost,
  cache_write_cost: (costs) => costs.cache_write_cost,
  output_cost: (costs) => costs.output_cost,
  reasoning_cost: (costs) => costs.reasoning_cost,
  other_cost: (costs) => costs.other_cost,
  total_cost: (costs) => costs.total_cost,
  cache_savings: (costs) => costs.cache_savings,
};

export const COST_COLUMNS = Object.keys(COSTS) as ReadonlyArray<keyof Costs>;

const column = (name: string, type: ColumnType, read: EventColumn['read']): EventColumn => ({
  name,
  type,
  read,
  text: textOf(type, read),
});

function textOf(type: ColumnType, read: EventColumn['read']): EventColumn['text'] {
  if (type === 'timestamptz') {
    return (event) => timestamp(read(event) as number);
  }
  return (event) => {
    const value = read(event);
    if (value === null) {
      return null;
    }
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  };
}

const columns = <Name extends string, Read>(
  readers: Readonly<Record<Name, Read>>,
  type: ColumnType,
  reader: (read: Read) => EventColumn['read']
): EventColumn[] => Object.entries<Read>(readers).map(([name, read]) => column(name, type, reader(read)));

/** Every column but `priced_at`, which the database sets to the time of the transaction. */
export const EVENT_COLUMNS: readonly EventColumn[] = [
  column('time', 'timestamptz', ({ time }) => time),
  column('event_id', 'uuid', (event) => event.event_id),
  ...columns(TEXT, 'text', (read) => read),
  column('attempt', 'smallint', ({ attempt }) => attempt),
  column('duration_ms', 'double precision', (event) => event.duration_ms),
  column('time_to_first_token_ms', 'double precision', (event) => event.time_to_first_token_ms),
  ...columns(USAGE, 'bigint', (read) => read),
  ...columns(
    COSTS,
    'bigint',
    (read) =>
      ({ pricing }) =>
        pricing.priced ? read(pricing) : null
  ),
  column('reported_cost', 'bigint', (event) => event.reported_cost),
  column('price_id', 'text', ({ pricing }) => (pricing.priced ? pricing.price_id : null)),
  column('price_version', 'bigint', ({ pricing }) => (pricing.priced ? pricing.price_version : null)),
  column('unpriced_reason', 'text', ({ pricing }) => (pricing.priced ? null : pricing.unpriced_reason)),
  column('tags', 'jsonb', ({ tags }) => tags),
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
