import { readAnyValue, readAttribute } from './anyValue';
import { Attributes } from './attributes';
import type { DecodedLog, DecodedLogs } from './decoded';
import { readEnvelope } from './envelope';
import type { KeyTable } from './keyTable';
import type { Reader } from './reader';
import type { Unread } from './unreadable';

/**
 * An ExportLogsServiceRequest in protobuf.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the bytes are not one.
 */
export function decodeLogs(bytes: Uint8Array, unread: Unread = null): DecodedLogs {
  const groups = readEnvelope(
    bytes,
    { request: 'ExportLogsServiceRequest', record: 'LogRecord', read: readLog },
    unread
  );
  return groups.map(({ origin, records }) => ({ ...origin, logs: records }));
}

/** LogRecord: 1 time, 2 severity, 5 body, 6 attributes, 8 flags, 9 trace id, 10 span id, 11 observed, 12 event name. */
function readLog(reader: Reader, end: number, keys: KeyTable): DecodedLog {
  const log: DecodedLog = {
    traceId: '',
    spanId: '',
    sampled: null,
    time: 0,
    eventName: '',
    severity: 0,
    body: null,
    attributes: new Attributes(),
  };
  let observed = 0;
  while (reader.position < end) {
    const tag = reader.tag();
    switch (tag) {
      case 9:
        log.time = reader.nanosAsMicros();
        break;
      case 16:
        log.severity = reader.uint32();
        break;
      case 42:
        log.body = readAnyValue(reader, reader.end(end));
        break;
      case 50:
        readAttribute(reader, end, keys, log.attributes);
        break;
      case 69:
        log.sampled = (reader.fixed32() & 1) === 1;
        break;
      case 74:
        log.traceId = reader.hex(end);
        break;
      case 82:
        log.spanId = reader.hex(end);
        break;
      case 89:
        observed = reader.nanosAsMicros();
        break;
      case 98:
        log.eventName = reader.text(end);
        break;
      default:
        reader.skip(tag, end);
    }
  }
  reader.close(end);
  log.time ||= observed;
  return log;
}
