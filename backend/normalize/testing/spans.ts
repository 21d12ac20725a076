import { Attributes, type AttributeValue } from '../../receivers/otlp/attributes';
import type { DecodedLog, DecodedSpan, Origin } from '../../receivers/otlp/decoded';
import type { Candidate, Normalized } from '../candidate';
import { normalizeLogs } from '../logs';
import { DEFAULT_MAPPING, type DimensionMapping } from '../mapping';
import { normalizeTraces } from '../traces';

/** 2026-11-01T12:00:00Z in µs: the second 0 of the spans in tests. */
export const NOON = Date.UTC(2026, 10, 1, 12) * 1000;

export type Entries = Record<string, AttributeValue>;

/** A span as tests write it. Ids are short: they are filled up with zeros. Times are seconds after noon. */
export interface TestSpan {
  readonly scope?: string;
  readonly name?: string;
  readonly trace?: string;
  readonly id?: string;
  readonly parent?: string;
  readonly from?: number;
  readonly to?: number;
  readonly error?: string;
  readonly attributes?: Entries;
  readonly events?: ReadonlyArray<{ readonly name: string; readonly at?: number; readonly attributes?: Entries }>;
  readonly resource?: Entries;
}

export const hexId = (id: string, digits: number): string =>
  Buffer.from(id, 'utf8').toString('hex').padStart(digits, '0').slice(-digits);

export const at = (seconds: number): number => NOON + Math.round(seconds * 1e6);

export function decodedSpan(span: TestSpan): DecodedSpan {
  return {
    traceId: hexId(span.trace ?? 't', 32),
    spanId: hexId(span.id ?? 's', 16),
    parentSpanId: span.parent === undefined ? '' : hexId(span.parent, 16),
    name: span.name ?? 'chat',
    kind: 3,
    start: at(span.from ?? 0),
    end: at(span.to ?? 1),
    statusCode: span.error === undefined ? 0 : 2,
    statusMessage: span.error ?? '',
    attributes: Attributes.of(span.attributes ?? {}),
    events:
      span.events?.map((event) => ({
        time: at(event.at ?? 0),
        name: event.name,
        attributes: Attributes.of(event.attributes ?? {}),
      })) ?? null,
  };
}

export const origin = (scope: string, resource: Entries = { 'service.name': 'shop' }): Origin => ({
  resource: Attributes.of(resource),
  scopeName: scope,
  scopeVersion: '1',
  scopeAttributes: new Attributes(),
});

const SCOPE = 'opentelemetry.instrumentation.genai.openai';

/** Spans as one request. */
export function received(spans: readonly TestSpan[], mapping: DimensionMapping = DEFAULT_MAPPING): Normalized {
  const groups = spans.map((span) => ({
    ...origin(span.scope ?? SCOPE, span.resource),
    spans: [decodedSpan(span)],
  }));
  return normalizeTraces(groups, mapping, at(3600));
}

/** The candidate that a single span makes; throws when it makes none. */
export function candidateOf(span: TestSpan): Candidate {
  const { candidates, rejected } = received([span]);
  const [candidate] = candidates;
  if (!candidate) {
    throw new Error(`the span is no call: ${JSON.stringify(rejected)}`);
  }
  return candidate;
}

/** A log record as tests write it. */
export interface TestLog {
  readonly scope?: string;
  readonly name: string;
  readonly body?: string;
  readonly trace?: string;
  readonly span?: string;
  readonly sampled?: boolean | null;
  readonly at?: number;
  readonly attributes?: Entries;
  readonly resource?: Entries;
}

export function receivedLogs(logs: readonly TestLog[]): Normalized {
  const groups = logs.map((log) => {
    const record: DecodedLog = {
      traceId: log.trace === undefined ? '' : hexId(log.trace, 32),
      spanId: log.span === undefined ? '' : hexId(log.span, 16),
      sampled: log.sampled ?? null,
      time: at(log.at ?? 1),
      eventName: log.name,
      severity: 9,
      body: log.body ?? null,
      attributes: Attributes.of(log.attributes ?? {}),
    };
    return { ...origin(log.scope ?? SCOPE, log.resource), logs: [record] };
  });
  return normalizeLogs(groups, DEFAULT_MAPPING, at(3600));
}

/** Attributes of a call in the conventions' newest names. */
export const semconv = (input?: number, output?: number, more: Entries = {}): Entries => ({
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-4o-mini',
  ...(input === undefined ? {} : { 'gen_ai.usage.input_tokens': input }),
  ...(output === undefined ? {} : { 'gen_ai.usage.output_tokens': output }),
  ...more,
});
