import { canonicalProvider } from '../pricing/providers';
import { usageEvent } from '../events/usageEvent';
import type { DecodedSpan, DecodedTraces, ScopeSpans } from '../receivers/otlp/decoded';
import type { Candidate, Normalized, SpanLink } from './candidate';
import { contextOf, namedDimensions, tagsOf, type DimensionValues } from './dimensions';
import { spanEventId } from './eventId';
import { DEFAULT_MAPPING, type DimensionMapping } from './mapping';
import { statusOf } from './outcome';
import { semconvFacts, semconvRole, semconvUsage } from './semconv';
import { inclusiveUsage, qualityOf, UNKNOWN } from './usage';
import { firstText, ItemError, textOf } from './values';

/** Earliest and latest (from now) event time that is believed; outside of it a clock or a unit is wrong. */
const EARLIEST = Date.UTC(2015, 0, 1) * 1000;
const LATEST_AHEAD = 24 * 3600 * 1e6;

/**
 * Spans → candidate calls, and the place of every span in its trace.
 * @param now µs since 1970, for the check of event times
 */
export function normalizeTraces(
  decoded: DecodedTraces,
  mapping: DimensionMapping = DEFAULT_MAPPING,
  now: number = Date.now() * 1000
): Normalized {
  const out: Normalized = { candidates: [], links: [], rejected: [] };
  for (const group of decoded) {
    const resource = namedDimensions(group.resource, mapping);
    for (const span of group.spans) {
      try {
        checkSpan(span, now);
        normalizeSpan(span, group, resource, mapping, out);
      } catch (error) {
        if (!(error instanceof ItemError)) {
          throw error;
        }
        out.rejected.push({ item: `span ${span.spanId || '?'} (${span.name})`, reason: error.message });
      }
    }
  }
  return out;
}

function checkSpan(span: DecodedSpan, now: number): void {
  if (span.traceId.length !== 32 || /^0+$/.test(span.traceId)) {
    throw new ItemError('the trace id must be 16 bytes, not all zero');
  }
  if (span.spanId.length !== 16 || /^0+$/.test(span.spanId)) {
    throw new ItemError('the span id must be 8 bytes, not all zero');
  }
  if (span.end < EARLIEST || span.end > now + LATEST_AHEAD) {
    throw new ItemError(
      `the end time ${new Date(span.end / 1000).toISOString()} is not between 2015 and tomorrow; times are nanoseconds since 1970`
    );
  }
}

function normalizeSpan(
  span: DecodedSpan,
  group: ScopeSpans,
  resource: DimensionValues,
  mapping: DimensionMapping,
  out: Normalized
): void {
  const own = namedDimensions(span.attributes, mapping);
  const { role, explicit, operation } = semconvRole(span.attributes);
  const link: SpanLink = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId,
    role,
    context: contextOf(own),
  };
  out.links.push(link);
  if (role === 'call') {
    out.candidates.push(callOf(span, group, own, resource, { explicit, operation }));
  }
}

function callOf(
  span: DecodedSpan,
  group: ScopeSpans,
  own: DimensionValues,
  resource: DimensionValues,
  kind: { explicit: boolean; operation: string | null }
): Candidate {
  const facts = semconvFacts(span);
  const { usage, inferred } = inclusiveUsage(semconvUsage(span.attributes), UNKNOWN);
  const httpStatus = span.attributes.get('http.response.status_code');
  const outcome = statusOf({
    failed: span.statusCode === 2,
    errorType: textOf(span.attributes.get('error.type')),
    message: span.statusMessage || undefined,
    httpStatus: typeof httpStatus === 'number' ? httpStatus : undefined,
  });
  const requestModel = facts.requestModel ?? facts.responseModel ?? null;
  const start = span.start > 0 && span.start <= span.end ? span.start : span.end;
  const event = usageEvent({
    ...usage,
    ...resource,
    ...own,
    event_id: spanEventId(span.traceId, span.spanId),
    time: span.end,
    source: `otlp:${group.scopeName}`,
    provider: canonicalProvider(facts.provider ?? null),
    model: facts.responseModel ?? requestModel,
    request_model: requestModel,
    deployment: own.deployment ?? resource.deployment ?? requestModel,
    operation: kind.operation,
    service_tier: firstText(span.attributes, ['llmcost.service_tier']) ?? facts.serviceTier ?? null,
    run_id: own.run_id ?? resource.run_id ?? span.traceId,
    finish_reason: facts.finishReason ?? null,
    ...outcome,
    duration_ms: (span.end - start) / 1000,
    time_to_first_token_ms: facts.timeToFirstChunk === undefined ? null : facts.timeToFirstChunk * 1000,
    quality: qualityOf(usage, { inferred, neverCacheDetail: false }),
    trace_id: span.traceId,
    span_id: span.spanId,
    response_id: facts.responseId ?? null,
    tags: tagsOf(span.attributes, group.resource),
  });
  return {
    event,
    signal: 'span',
    instrumentation: group.scopeName,
    start,
    parentSpanId: span.parentSpanId,
    explicit: kind.explicit,
    callIds: [],
    weak: own.run_id === undefined ? ['run_id'] : [],
  };
}
