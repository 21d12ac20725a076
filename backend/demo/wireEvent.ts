import type { EventDimension, Status, UsageField } from '../events/usageEvent';

/** A call as the demo posts it to `POST /v1/events`. What is left out is unknown; an explicit 0 is a 0. */
export interface WireEvent extends Partial<Record<EventDimension, string>> {
  /** The caller's id: the same call always has the same one. */
  id: string;
  /** End of the call, RFC 3339. */
  time: string;
  tenant: string;
  project: string;
  status: Status;
  attempt: number;
  duration_ms: number;
  time_to_first_token_ms?: number;
  /** Absent where the client never learnt the usage. */
  usage?: Partial<Record<UsageField, number>>;
  tags?: Record<string, string>;
}
