import type { DecodedLog, DecodedLogs } from './decoded';
import { parseEnvelope } from './jsonEnvelope';
import { anyValue, attributes, id, integer, micros, text, type JsonObject } from './jsonValue';
import type { Unread } from './unreadable';

/**
 * An ExportLogsServiceRequest in OTLP/JSON.
 * @param unread takes what can't be read by itself; null: it refuses the request
 * @throws FormatError when the text is not one.
 */
export function decodeLogsJson(body: string, unread: Unread = null): DecodedLogs {
  const signal = { resources: 'resourceLogs', scopes: 'scopeLogs', records: 'logRecords', read: log };
  return parseEnvelope(body, signal, unread).map(({ origin, records }) => ({ ...origin, logs: records }));
}

const log = (record: JsonObject, where: string): DecodedLog => ({
  traceId: id(record.traceId, 16),
  spanId: id(record.spanId, 8),
  sampled: record.flags === undefined ? null : (integer(record.flags) & 1) === 1,
  time: micros(record.timeUnixNano) || micros(record.observedTimeUnixNano),
  eventName: text(record.eventName),
  severity: integer(record.severityNumber),
  body: anyValue(record.body, `${where}.body`),
  attributes: attributes(record, where),
});
