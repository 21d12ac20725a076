/** What single calls are looked at by, each with the SQL that gives it for one row of `usage_events`. Rollups don't have these. */
export const CALL_COLUMNS = {
  /** pico-USD; the cost-type filter may change it, so the compiler puts its own SQL here. */
  total_cost: 'total_cost',
  duration_ms: 'duration_ms',
  time_to_first_token_ms: 'time_to_first_token_ms',
  started_at: "time - coalesce(duration_ms, 0) * INTERVAL '1 millisecond'",
  ended_at: 'time',
  /** From the end of a call until it was stored; a repriced call counts from its last pricing. */
  arrival_delay_ms: "date_part('epoch', priced_at - time) * 1000",
} as const;

export type CallColumn = keyof typeof CALL_COLUMNS;

/** The first start or the last end of several calls. */
export const extreme = (name: CallColumn, sql: string): string => `${name === 'started_at' ? 'min' : 'max'}(${sql})`;
