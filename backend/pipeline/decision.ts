import type { UsageEvent } from '../events/usageEvent';
import type { ContextDimension } from '../normalize/candidate';

/** Why a report of a call was not counted; the label of the `/metrics` counter. */
export const DUPLICATE_REASONS = [
  'redelivered',
  'repeated_by_child',
  'same_call_id',
  'same_usage',
  'other_signal',
] as const;
export type DuplicateReason = (typeof DUPLICATE_REASONS)[number];

/** Primary key of a row of `usage_events`. */
export interface EventKey {
  event_id: string;
  /** µs since 1970. */
  time: number;
}

/** Dimensions of a counted event that became known later. The row keeps its key; its price may have to be redone. */
export interface ContextUpdate extends EventKey {
  set: Partial<Record<ContextDimension, string>>;
}

/** What one batch changes. Every list is in the order in which it must be applied: void, insert, update. */
export interface Decision {
  insert: UsageEvent[];
  void: EventKey[];
  update: ContextUpdate[];
  duplicates: Record<DuplicateReason, number>;
}

export const noDuplicates = (): Record<DuplicateReason, number> => ({
  redelivered: 0,
  repeated_by_child: 0,
  same_call_id: 0,
  same_usage: 0,
  other_signal: 0,
});
