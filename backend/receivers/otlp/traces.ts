import { readAttribute } from './anyValue';
import { Attributes } from './attributes';
import type { DecodedEvent, DecodedSpan, DecodedTraces } from './decoded';
import { readEnvelope } from './envelope';
import type { KeyTable } from './keyTable';
import type { Reader } from './reader';
import type { Unread } from './unreadable';

/**
 * An ExportTraceServiceRequest in protobuf.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the bytes are not one.
 */
export function decodeTraces(bytes: Uint8Array, unread: Unread = null): DecodedTraces {
  const groups = readEnvelope(bytes, { request: 'ExportTraceServiceRequest', record: 'Span', read: readSpan }, unread);
  return groups.map(({ origin, records }) => ({ ...origin, spans: records }));
}

/** Span: 1 trace id, 2 span id, 4 parent, 5 name, 6 kind, 7 start, 8 end, 9 attributes, 11 events, 15 status. */
function readSpan(reader: Reader, end: number, keys: KeyTable): DecodedSpan {
  const span: DecodedSpan = {
    traceId: '',
    spanId: '',
    parentSpanId: '',
    name: '',
    kind: 0,
    start: 0,
    end: 0,
    statusCode: 0,
    statusMessage: '',
    attributes: new Attributes(),
    events: null,
  };
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 10:
        span.traceId = reader.hex(end);
        break;
      case 18:
        span.spanId = reader.hex(end);
        break;
      case 34:
        span.parentSpanId = reader.hex(end);
        break;
      case 42:
        span.name = reader.text(end);
        break;
      case 48:
        span.kind = reader.uint32();
        break;
      case 57:
        span.start = reader.nanosAsMicros();
        break;
      case 65:
        span.end = reader.nanosAsMicros();
        break;
      case 74:
        readAttribute(reader, end, keys, span.attributes);
        break;
      case 90:
        (span.events ??= []).push(readEvent(reader, reader.end(end), keys));
        break;
      case 122:
        readStatus(reader, reader.end(end), span);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  return span;
}

/** Span.Event: 1 time, 2 name, 3 attributes. */
function readEvent(reader: Reader, end: number, keys: KeyTable): DecodedEvent {
  const event: DecodedEvent = { time: 0, name: '', attributes: new Attributes() };
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 9) {
      event.time = reader.nanosAsMicros();
    } else if (tag === 18) {
      event.name = reader.text(end);
    } else if (tag === 26) {
      readAttribute(reader, end, keys, event.attributes);
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
  return event;
}

/** Status: 2 message, 3 code. */
function readStatus(reader: Reader, end: number, span: DecodedSpan): void {
  while (reader.position < end) {
    const tag = reader.tag();
    if (tag === 18) {
      span.statusMessage = reader.text(end);
    } else if (tag === 24) {
      span.statusCode = reader.uint32();
    } else {
      reader.skip(tag, end);
    }
  }
  reader.close(end);
}
