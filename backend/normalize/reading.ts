import type { DecodedSpan, Origin } from '../receivers/otlp/decoded';
import type { ContextDimension, SpanRole } from './candidate';
import type { DimensionValues } from './dimensions';
import type { Outcome } from './outcome';
import { noUsage, UNKNOWN, type Convention, type RawUsage } from './usage';

/** What one report says about a call, still in the client's own convention. */
export interface CallReading {
  /** The domain's word: chat, embeddings … */
  operation: string | null;
  /** Said by the operation's name, not concluded from the presence of a model and tokens. */
  explicit: boolean;
  usage: RawUsage;
  convention: Convention;
  /** This client never reports cached tokens: their absence says nothing. */
  neverCacheDetail: boolean;
  /** The client counted the tokens itself. */
  estimated: boolean;
  provider: string | undefined;
  requestModel: string | undefined;
  responseModel: string | undefined;
  responseId: string | undefined;
  /** As SERVED; what was asked for is not looked at. */
  serviceTier: string | undefined;
  finishReason: string | undefined;
  timeToFirstTokenMs: number | undefined;
  /** 1 = first. */
  attempt: number;
  /** pico-USD as the client says it. */
  reportedCost: bigint | null;
  /** Further ids that other reports of the same call carry. */
  callIds: string[];
  outcome: Outcome;
}

export const emptyReading = (): CallReading => ({
  operation: null,
  explicit: false,
  usage: noUsage(),
  convention: UNKNOWN,
  neverCacheDetail: false,
  estimated: false,
  provider: undefined,
  requestModel: undefined,
  responseModel: undefined,
  responseId: undefined,
  serviceTier: undefined,
  finishReason: undefined,
  timeToFirstTokenMs: undefined,
  attempt: 1,
  reportedCost: null,
  callIds: [],
  outcome: { failed: false, errorType: undefined, message: undefined, httpStatus: undefined },
});

/** What one span says. */
export interface SpanReading {
  role: SpanRole;
  /** Dimensions that this client spells in a way of its own (not by an attribute's name alone). */
  dimensions?: DimensionValues;
  /** Tags in a way of the client's own. */
  tags?: Record<string, string>;
  /** Dimensions whose value on this span is a default that an ancestor may overrule. */
  weak?: readonly ContextDimension[];
  /** Present when the role is `call`. */
  call?: CallReading;
  /** Who reports, where the scope's name does not say it. */
  instrumentation?: string;
}

export const OTHER: SpanReading = { role: 'other' };

/** The habits of one client: which spans are its own, and how to read them. */
export interface ClientHabit {
  /** True when this client made the span. Asked in the order of `habits.ts`. */
  owns(span: DecodedSpan, origin: Origin): boolean;
  read(span: DecodedSpan, origin: Origin): SpanReading;
}
