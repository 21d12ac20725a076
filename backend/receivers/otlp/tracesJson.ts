import type { DecodedEvent, DecodedSpan, DecodedTraces } from './decoded';
import { parseEnvelope } from './jsonEnvelope';
import { attributes, id, integer, micros, object, objects, text, type JsonObject } from './jsonValue';
import type { Unread } from './unreadable';

/**
 * An ExportTraceServiceRequest in OTLP/JSON.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the text is not one.
 */
export function decodeTracesJson(body: string, unread: Unread = null): DecodedTraces {
  const signal = { resources: 'resourceSpans', scopes: 'scopeSpans', records: 'spans', read: span };
  return parseEnvelope(body, signal, unread).map(({ origin, records }) => ({ ...origin, spans: records }));
}

function span(record: JsonObject, where: string): DecodedSpan {
  const status = object(record, 'status', where);
  const events = objects(record, 'events', where);
  return {
    traceId: id(record.traceId, 16),
    spanId: id(record.spanId, 8),
    parentSpanId: id(record.parentSpanId, 8),
    name: text(record.name),
    kind: enumeration(record.kind, KINDS),
    start: micros(record.startTimeUnixNano),
    end: micros(record.endTimeUnixNano),
    statusCode: enumeration(status.code, STATUS_CODES),
    statusMessage: text(status.message),
    attributes: attributes(record, where),
    events: events.length ? events.map((event, e) => spanEvent(event, `${where}.events[${e}]`)) : null,
  };
}

const spanEvent = (event: JsonObject, where: string): DecodedEvent => ({
  time: micros(event.timeUnixNano),
  name: text(event.name),
  attributes: attributes(event, where),
});

const KINDS = ['UNSPECIFIED', 'INTERNAL', 'SERVER', 'CLIENT', 'PRODUCER', 'CONSUMER'].map((k) => `SPAN_KIND_${k}`);
const STATUS_CODES = ['STATUS_CODE_UNSET', 'STATUS_CODE_OK', 'STATUS_CODE_ERROR'];

/** Enums are numbers in OTLP/JSON; their names, as protobuf's generic mapping writes them, are understood too. */
function enumeration(value: unknown, names: readonly string[]): number {
  return typeof value === 'string' && names.includes(value) ? names.indexOf(value) : integer(value);
}
