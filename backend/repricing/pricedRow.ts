import { type Pricing, type Status, USAGE_FIELDS, type UsageEvent, usageEvent } from '../events/usageEvent';

/** The columns that a price depends on, and those that tell whether it changed. */
const INPUT_TEXT = [
  'tenant',
  'deployment',
  'provider',
  'model',
  'request_model',
  'service_tier',
  'source',
  'error_type',
] as const;
export const COST_COLUMNS = [
  'input_cost',
  'cache_read_cost',
  'cache_write_cost',
  'output_cost',
  'reasoning_cost',
  'other_cost',
  'total_cost',
  'cache_savings',
] as const;
export const PRICE_COLUMNS = ['price_id', 'price_version', 'unpriced_reason', ...COST_COLUMNS] as const;

type CostColumn = (typeof COST_COLUMNS)[number];

/** A row as it is read by ROW_COLUMNS. */
export type Row = Record<(typeof INPUT_TEXT)[number], string | null> &
  Record<CostColumn, bigint | null> &
  Record<(typeof USAGE_FIELDS)[number], bigint | null> & {
    us: bigint;
    event_id: string;
    status: Status;
    tags: Record<string, string> | null;
    reported_cost: bigint | null;
    price_id: string | null;
    price_version: bigint | null;
    unpriced_reason: string | null;
  };

/** What a Row is read by, from `usage_events`. */
export const ROW_COLUMNS = [
  '(extract(epoch FROM time) * 1000000)::bigint AS us',
  ...INPUT_TEXT,
  ...USAGE_FIELDS,
  ...PRICE_COLUMNS,
  'status',
  'tags',
  'reported_cost',
  'event_id',
].join(', ');

const number = (value: bigint | null): number | null => (value === null ? null : Number(value));

/** The row as pricing sees it. Field by field: a loop by name takes twenty times as long as the pricing itself. */
export const toEvent = (row: Row): UsageEvent =>
  usageEvent({
    event_id: row.event_id,
    time: Number(row.us),
    source: row.source ?? '',
    tenant: row.tenant ?? 'unknown',
    deployment: row.deployment,
    provider: row.provider,
    model: row.model,
    request_model: row.request_model,
    service_tier: row.service_tier,
    error_type: row.error_type,
    status: row.status,
    input_tokens: number(row.input_tokens),
    cache_read_tokens: number(row.cache_read_tokens),
    cache_write_5m_tokens: number(row.cache_write_5m_tokens),
    cache_write_1h_tokens: number(row.cache_write_1h_tokens),
    output_tokens: number(row.output_tokens),
    reasoning_tokens: number(row.reasoning_tokens),
    audio_input_tokens: number(row.audio_input_tokens),
    audio_output_tokens: number(row.audio_output_tokens),
    image_input_tokens: number(row.image_input_tokens),
    requests: number(row.requests),
    web_searches: number(row.web_searches),
    other_units: number(row.other_units),
    reported_cost: row.reported_cost,
    tags: row.tags,
  });

/** The price that a row was stored with. */
export function pricingOf(row: Row): Pricing {
  if (row.price_id === null) {
    return { priced: false, unpriced_reason: row.unpriced_reason as 'unknown_model' };
  }
  const costs = Object.fromEntries(COST_COLUMNS.map((name) => [name, row[name] ?? 0n])) as Record<CostColumn, bigint>;
  return { priced: true, price_id: row.price_id, price_version: Number(row.price_version), ...costs };
}
