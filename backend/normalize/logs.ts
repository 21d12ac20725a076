import type { DecodedLog, DecodedLogs, ScopeLogs } from '../receivers/otlp/decoded';
import { buildCall } from './buildCall';
import type { Normalized } from './candidate';
import { DimensionReader, type Named } from './dimensions';
import { eventId } from './eventId';
import { eventName, readLogEvent, type LogReading } from './logEvents';
import { DEFAULT_MAPPING, type DimensionMapping } from './mapping';
import { checkTime } from './times';
import { ItemError } from './values';

/**
 * Log events → candidate calls. A log record has no id: its content is its id, so that the same record delivered twice
 * is one event, and two records with equal usage differ by their time, sequence or request.
 * @param now µs since 1970, for the check of event times
 */
export function normalizeLogs(
  decoded: DecodedLogs,
  mapping: DimensionMapping = DEFAULT_MAPPING,
  now: number = Date.now() * 1000
): Normalized {
  const out: Normalized = { candidates: [], links: [], rejected: [] };
  const reader = DimensionReader.of(mapping);
  for (const group of decoded) {
    const resource = reader.read(group.resource);
    for (const log of group.logs) {
      try {
        const reading = readLogEvent(log, group);
        if (reading) {
          checkTime(log.time, now, 'the time');
          normalizeLog(log, reading, group, resource, reader, out);
        }
      } catch (error) {
        if (!(error instanceof ItemError)) {
          throw error;
        }
        out.rejected.push({ item: `log record ${eventName(log)}`, reason: error.message });
      }
    }
  }
  return out;
}

function normalizeLog(
  log: DecodedLog,
  { call, durationMs, dimensions }: LogReading,
  group: ScopeLogs,
  resource: Named,
  reader: DimensionReader,
  out: Normalized
): void {
  const named = reader.read(log.attributes);
  const duration = durationMs !== undefined && durationMs >= 0 ? Math.round(durationMs * 1000) : undefined;
  const place = {
    eventId: identity(log, group, resource),
    signal: 'log' as const,
    // One emitter can write two events about one call: they are two instrumentations.
    instrumentation: `${group.scopeName}/${eventName(log)}`,
    start: log.time - (duration ?? 0),
    end: log.time,
    timed: duration !== undefined,
    traceId: log.traceId.length === 32 ? log.traceId : null,
    spanId: log.spanId.length === 16 ? log.spanId : null,
    parentSpanId: log.spanId,
    unsampled: log.sampled === false && log.spanId !== '',
  };
  const circumstances = { own: { ...dimensions, ...named.dimensions }, ownTags: named.tags, resource, weak: [] };
  out.candidates.push(buildCall(call, place, circumstances));
}

function identity(log: DecodedLog, group: ScopeLogs, resource: Named): string {
  return eventId(
    'log',
    resource.dimensions.service ?? '',
    group.scopeName,
    eventName(log),
    log.traceId,
    log.spanId,
    String(log.time),
    log.attributes.canonical
  );
}
