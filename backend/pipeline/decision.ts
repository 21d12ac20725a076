import type { UsageEvent } from '../events/usageEvent';

/** Why a report of a call was not counted; the label of the `/metrics` counter. */
export const DUPLICATE_REASONS = [
  /** The same report came again. */
  'redelivered',
  /** A span that repeats what the calls below it (or the one call above it) report. */
  'repeated_in_trace',
  /** Another instrumentation reported the same response id or gateway call. */
  'same_call_id',
  /** Another instrumentation reported an equal call at the same time, and one of the two has no id. */
  'same_usage',
  /** The service reports its calls by a better signal: spans over log events over metrics. */
  'other_signal',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

/** Primary key of a row of `usage_events`. */
export interface EventKey {
  event_id: string;
  /** µs since 1970. */
  time: number;
}

/**
 * Fields of a counted event that became known later: context that sits on a span which came last, details that another
 * report of the call has. The row keeps its key; its price has to be worked out anew.
 */
export interface EventUpdate extends EventKey {
  /** What changes. */
  set: Readonly<Partial<UsageEvent>>;
  /** The whole event with the change, to be priced. */
  event: UsageEvent;
}

/** What one batch changes; to be applied in this order: void, insert, update. */
export interface Decision {
  insert: UsageEvent[];
  /** Rows that were counted before and are not any more. */
  void: EventKey[];
  update: EventUpdate[];
  duplicates: Record<DuplicateReason, number>;
  /** Per candidate of the batch, in its order: whether its own event is counted now. */
  counted: boolean[];
}

export const noDuplicates = (): Record<DuplicateReason, number> => ({
  redelivered: 0,
  repeated_in_trace: 0,
  same_call_id: 0,
  same_usage: 0,
  other_signal: 0,
});
