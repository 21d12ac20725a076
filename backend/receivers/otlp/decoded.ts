import type { Attributes, AttributeValue } from './attributes';

/** What the sender says about itself and about one of its instrumentation libraries. */
export interface Origin {
  readonly resource: Attributes;
  readonly scopeName: string;
  readonly scopeVersion: string;
  readonly scopeAttributes: Attributes;
}

export interface DecodedEvent {
  /** µs since 1970. */
  time: number;
  name: string;
  attributes: Attributes;
}

/** Status codes of OTLP: 0 unset, 1 ok, 2 error. */
export type SpanStatusCode = number;

/** One span. Ids are lower-case hex, '' when absent; times are whole µs since 1970, 0 when absent. */
export interface DecodedSpan {
  traceId: string;
  spanId: string;
  parentSpanId: string;
  name: string;
  kind: number;
  start: number;
  end: number;
  statusCode: SpanStatusCode;
  statusMessage: string;
  attributes: Attributes;
  events: DecodedEvent[] | null;
}

export interface ScopeSpans extends Origin {
  spans: DecodedSpan[];
}

/** One log record or event. `time` falls back to the observed time. */
export interface DecodedLog {
  traceId: string;
  spanId: string;
  /** The trace flags' sampled bit: false means that the span itself was not exported. null: no flags were sent. */
  sampled: boolean | null;
  /** µs since 1970. */
  time: number;
  eventName: string;
  severity: number;
  body: AttributeValue;
  attributes: Attributes;
}

export interface ScopeLogs extends Origin {
  logs: DecodedLog[];
}

/** Aggregation temporality: 0 unspecified, 1 delta, 2 cumulative. */
export interface DecodedMetric {
  name: string;
  unit: string;
  kind: 'gauge' | 'sum' | 'histogram';
  temporality: number;
  monotonic: boolean;
  points: DecodedPoint[];
}

/** One data point: a number's value, or a histogram's count and sum. */
export interface DecodedPoint {
  /** µs since 1970. */
  start: number;
  /** µs since 1970. */
  time: number;
  value: number;
  count: number;
  attributes: Attributes;
}

export interface ScopeMetrics extends Origin {
  metrics: DecodedMetric[];
}

/** A request: what one resource and scope sent, in order. */
export type DecodedTraces = ScopeSpans[];
export type DecodedLogs = ScopeLogs[];
export type DecodedMetrics = ScopeMetrics[];
