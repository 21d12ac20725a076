import type { CapturedRequest } from '../../../tests/captures/captures';
import type { Normalized } from '../../normalize/candidate';
import { normalizeLogs } from '../../normalize/logs';
import { DEFAULT_MAPPING } from '../../normalize/mapping';
import { normalizeMetrics } from '../../normalize/metrics';
import { normalizeTraces } from '../../normalize/traces';
import { readLiteLlm } from '../../receivers/litellm/readLiteLlm';
import type { DecodedTraces } from '../../receivers/otlp/decoded';
import { decodeLogs } from '../../receivers/otlp/logs';
import { decodeLogsJson } from '../../receivers/otlp/logsJson';
import { decodeMetrics } from '../../receivers/otlp/metrics';
import { decodeMetricsJson } from '../../receivers/otlp/metricsJson';
import { decodeTraces } from '../../receivers/otlp/traces';
import { decodeTracesJson } from '../../receivers/otlp/tracesJson';

/** A time after all captures, µs. */
export const AFTERWARDS = Date.UTC(2026, 11, 1) * 1000;

/** The spans of a captured request. */
export const tracesOf = ({ encoding, body }: CapturedRequest): DecodedTraces =>
  encoding === 'protobuf' ? decodeTraces(body) : decodeTracesJson(body.toString('utf8'));

export const normalizedTraces = (traces: DecodedTraces): Normalized =>
  normalizeTraces(traces, DEFAULT_MAPPING, AFTERWARDS);

/** What the receivers make of a captured request: fresh objects at each call, as from a new delivery. */
export function inputOf(request: CapturedRequest): Normalized {
  const text = () => request.body.toString('utf8');
  const json = request.encoding === 'json';
  switch (request.signal) {
    case 'traces':
      return normalizedTraces(tracesOf(request));
    case 'logs':
      return normalizeLogs(json ? decodeLogsJson(text()) : decodeLogs(request.body), DEFAULT_MAPPING, AFTERWARDS);
    case 'metrics': {
      const decoded = json ? decodeMetricsJson(text()) : decodeMetrics(request.body);
      return { candidates: [], links: [], ...normalizeMetrics(decoded, DEFAULT_MAPPING, AFTERWARDS) };
    }
    case 'litellm':
      return readLiteLlm(text(), AFTERWARDS);
  }
}

/** One input per span, in the order in which they were sent. */
export const spanBySpan = (request: CapturedRequest): DecodedTraces[] =>
  tracesOf(request).flatMap((group) => group.spans.map((span) => [{ ...group, spans: [span] }]));
