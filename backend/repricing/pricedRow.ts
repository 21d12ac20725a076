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

/** The row as pricing sees it. */
export const toEvent = (row: Row): UsageEvent =>
  usageEvent({
    ...Object.fromEntries(INPUT_TEXT.map((name) => [name, row[name]])),
    ...Object.fromEntries(USAGE_FIELDS.map((name) => [name, row[name] === null ? null : Number(row[name])])),
    tenant: row.tenant ?? 'unknown',
    source: row.source ?? '',
    status: row.status,
    tags: row.tags,
    reported_cost: row.reported_cost,
    time: Number(row.us),
    event_id: row.event_id,
  });

/** The price that a row was stored with. */
export function pricingOf(row: Row): Pricing {
  if (row.price_id === null) {
    return { priced: false, unpriced_reason: row.unpriced_reason as 'unknown_model' };
  }
  const costs = Object.fromEntries(COST_COLUMNS.map((name) => [name, row[name] ?? 0n])) as Record<CostColumn, bigint>;
  return { priced: true, price_id: row.price_id, price_version: Number(row.price_version), ...costs };
}
