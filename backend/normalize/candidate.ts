import type { UsageEvent } from '../events/usageEvent';
import type { MappedDimension } from './mapping';
import type { CounterReading } from './metrics';

/** Through which channel a report of a call came; also the order in which channels are believed. */
export const SIGNALS = ['span', 'gateway', 'event', 'log', 'metric'] as const;
export type Signal = (typeof SIGNALS)[number];

/** What an ancestor can tell the calls below it. */
export type ContextDimension = Exclude<
  MappedDimension,
  'environment' | 'deployment' | 'endpoint' | 'service' | 'release'
>;
export type Context = Partial<Record<ContextDimension, string>>;

/**
 * What a span is in the tree of its trace:
 * - `call`: reports a model call itself;
 * - `aggregate`: an agent, workflow or chain, whose usage (if any) repeats its children's;
 * - `tool`: runs a tool: calls below it are its own, not a repetition of a call above it;
 * - `other`: anything else.
 */
export type SpanRole = 'call' | 'aggregate' | 'tool' | 'other';

/** A span's place in its trace, kept also for spans that are no call: they connect calls and carry context. */
export interface SpanLink {
  traceId: string;
  spanId: string;
  /** '' at a root. */
  parentSpanId: string;
  role: SpanRole;
  context: Context | null;
  /** The tenant that the sender's key is bound to. */
  boundTenant?: string;
}

/** One report of a model call, not yet known to be the only one of that call. */
export interface Candidate {
  readonly event: UsageEvent;
  readonly signal: Signal;
  /** Which instrumentation reports: scope name, or the receiver. Two reports of ONE instrumentation are two calls. */
  readonly instrumentation: string;
  /** Start of the call, µs since 1970; equal to the event's time when only one time is known. */
  readonly start: number;
  readonly parentSpanId: string;
  /** The span says by its operation that it is a model call (not concluded from its usage alone). */
  readonly explicit: boolean;
  /** Keys other than the response id's that twins of this call carry too, e.g. of a gateway's call id. */
  readonly callIds: readonly string[];
  /** The tenant that the sender's key is bound to. */
  boundTenant?: string;
  /** A log event whose trace was not sampled: no span will report this call. */
  readonly unsampled?: boolean;
  /** Dimensions that come from a default, not from this span: what an ancestor says is better. */
  readonly weak: readonly ContextDimension[];
}

/** The key under which twins meet that know the provider's response id. */
export const responseKey = (responseId: string): string => `response:${responseId}`;

/** An item of a request that was refused, for partial success. */
export interface Rejected {
  /** Which item, e.g. `span 3 (chat gpt-4o)`. */
  item: string;
  reason: string;
}

export interface Normalized {
  candidates: Candidate[];
  links: SpanLink[];
  rejected: Rejected[];
  /** Points of token metrics. */
  readings?: CounterReading[];
}
