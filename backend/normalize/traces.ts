import type { DecodedSpan, DecodedTraces, ScopeSpans } from '../receivers/otlp/decoded';
import { buildCall } from './buildCall';
import type { Normalized, SpanLink } from './candidate';
import { contextOf, DimensionReader, mergeTags, type DimensionValues, type Named } from './dimensions';
import { spanEventId } from './eventId';
import { readSpan } from './habits';
import { DEFAULT_MAPPING, type DimensionMapping } from './mapping';
import { checkTime } from './times';
import { ItemError } from './values';

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
  const reader = DimensionReader.of(mapping);
  for (const group of decoded) {
    const resource = reader.read(group.resource);
    for (const span of group.spans) {
      try {
        checkSpan(span, now);
        normalizeSpan(span, group, resource, reader, out);
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

const ZERO_TRACE = '0'.repeat(32);
const ZERO_SPAN = '0'.repeat(16);

function checkSpan(span: DecodedSpan, now: number): void {
  if (span.traceId.length !== 32 || span.traceId === ZERO_TRACE) {
    throw new ItemError('the trace id must be 16 bytes, not all zero');
  }
  if (span.spanId.length !== 16 || span.spanId === ZERO_SPAN) {
    throw new ItemError('the span id must be 8 bytes, not all zero');
  }
  checkTime(span.end, now, 'the end time');
}

/** A span that Logfire sends when it starts; the finished one comes under its own id. */
const isPending = (span: DecodedSpan): boolean => span.attributes.get('logfire.span_type') === 'pending_span';

function normalizeSpan(
  span: DecodedSpan,
  group: ScopeSpans,
  resource: Named,
  reader: DimensionReader,
  out: Normalized
): void {
  if (isPending(span)) {
    return;
  }
  const named = reader.read(span.attributes);
  const reading = readSpan(span, group);
  const own = together(named.dimensions, reading.dimensions);
  const weak = reading.weak ?? [];
  const link: SpanLink = {
    traceId: span.traceId,
    spanId: span.spanId,
    parentSpanId: span.parentSpanId === ZERO_SPAN ? '' : span.parentSpanId,
    role: reading.role,
    context: contextOf(own, weak),
  };
  out.links.push(link);
  if (reading.call) {
    const place = {
      eventId: spanEventId(span.traceId, span.spanId),
      signal: 'span' as const,
      instrumentation: reading.instrumentation ?? group.scopeName,
      start: span.start > 0 && span.start <= span.end ? span.start : span.end,
      end: span.end,
      timed: span.start > 0 && span.start <= span.end,
      traceId: span.traceId,
      spanId: span.spanId,
      parentSpanId: link.parentSpanId,
    };
    const ownTags = mergeTags(named.tags, reading.tags);
    out.candidates.push(buildCall(reading.call, place, { own, ownTags, resource, weak }));
  }
}

/** What the mapping found wins over the client's own way; a client says '' for a value that is none. */
function together(mapped: DimensionValues, ofClient: DimensionValues | undefined): DimensionValues {
  if (!ofClient) {
    return mapped;
  }
  const values = { ...ofClient, ...mapped };
  for (const key of Object.keys(ofClient) as Array<keyof DimensionValues>) {
    if (ofClient[key] === '') {
      delete values[key];
    }
  }
  return values;
}
