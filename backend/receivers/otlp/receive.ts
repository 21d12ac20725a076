import { bindTenant } from '../../normalize/bindTenant';
import type { Normalized } from '../../normalize/candidate';
import type { DimensionMapping } from '../../normalize/mapping';
import { normalizeLogs } from '../../normalize/logs';
import { normalizeMetrics } from '../../normalize/metrics';
import { normalizeTraces } from '../../normalize/traces';
import type { Metrics } from '../../observe';
import { readEvaluations } from '../../outcomes/evaluations';
import type { Feedback } from '../../outcomes/feedback';
import type { Ingest, Report } from '../../pipeline/ingest';
import type { ExportSignal } from './reply';
import { FormatError } from './formatError';
import { decodeLogs } from './logs';
import { decodeLogsJson } from './logsJson';
import { decodeMetrics } from './metrics';
import { decodeMetricsJson } from './metricsJson';
import { decodeTraces } from './traces';
import { decodeTracesJson } from './tracesJson';
import type { Unreadable } from './unreadable';

/** What receiving needs of the collector. */
export interface Receiving {
  readonly ingest: Ingest;
  readonly metrics: Metrics;
  readonly mapping: DimensionMapping;
  /** Stores what evaluations say of calls; durable when it resolves. */
  readonly takeFeedback: (feedback: readonly Feedback[], by: string) => Promise<unknown>;
}

/** An export request, still encoded. */
export interface ExportRequest {
  readonly signal: ExportSignal;
  /** Protobuf bytes, or the text of OTLP/JSON. */
  readonly body: Uint8Array | string;
  /** The tenant that the caller's key is bound to: it wins over what the payload says. */
  readonly tenant: string | null;
}

/** What was refused, for OTLP's partial success. */
export interface Received {
  readonly rejected: number;
  /** Names the first refused items and why; empty when nothing was. */
  readonly message: string;
}

const TOLD = 3;

interface Read extends Normalized {
  readonly feedback?: readonly Feedback[];
}

/** What can be read of a request, whatever else is in it. @throws FormatError when that is nothing */
function read({ signal, body, tenant }: ExportRequest, mapping: DimensionMapping): Read {
  const now = Date.now() * 1000;
  const unread: Unreadable[] = [];
  switch (signal) {
    case 'traces': {
      const traces = typeof body === 'string' ? decodeTracesJson(body, unread) : decodeTraces(body, unread);
      return withUnread(
        unread,
        traces.some(({ spans }) => spans.length > 0),
        normalizeTraces(traces, mapping, now)
      );
    }
    case 'logs': {
      const decoded = typeof body === 'string' ? decodeLogsJson(body, unread) : decodeLogs(body, unread);
      const feedback = readEvaluations(decoded, mapping, tenant);
      const read = { ...normalizeLogs(decoded, mapping, now), feedback };
      return withUnread(
        unread,
        decoded.some(({ logs }) => logs.length > 0),
        read
      );
    }
    case 'metrics': {
      const decoded = typeof body === 'string' ? decodeMetricsJson(body, unread) : decodeMetrics(body, unread);
      const read = { candidates: [], links: [], ...normalizeMetrics(decoded, mapping, now) };
      return withUnread(
        unread,
        decoded.some(({ metrics }) => metrics.some(({ points }) => points.length > 0)),
        read
      );
    }
  }
}

/** Where nothing could be read, the request is refused for the first reason; else each item for its own. */
function withUnread(unread: readonly Unreadable[], some: boolean, read: Read): Read {
  const [first] = unread;
  if (!first) {
    return read;
  }
  if (!some) {
    throw new FormatError(first.reason);
  }
  return { ...read, rejected: [...unread, ...read.rejected] };
}

/** Reports for the pipeline; the tenant of the caller's key wins over the payload's. */
export function reportsOf(normalized: Normalized, tenant: string | null): Report[] {
  const { candidates, links, readings = [] } = bindTenant(normalized, tenant);
  return [
    ...readings.map((reading): Report => ({ kind: 'counter', reading })),
    ...links.map((link): Report => ({ kind: 'link', link })),
    ...candidates.map((candidate): Report => ({ kind: 'call', candidate, undated: false })),
  ];
}

/**
 * Takes an OTLP export request, over HTTP or gRPC: resolves once everything that was not refused is durable.
 *
 * @throws FormatError when the bytes are not what they should be; Overloaded or StorageUnavailable as back-pressure.
 */
export async function receive(request: ExportRequest, receiving: Receiving): Promise<Received> {
  const { ingest, metrics, mapping, takeFeedback } = receiving;
  const normalized = read(request, mapping);
  const outcomes = await ingest.submit(reportsOf(normalized, request.tenant));
  if (normalized.feedback?.length) {
    // Where this fails the sender comes again, and the calls are duplicates then.
    await takeFeedback(normalized.feedback, 'otlp');
  }
  const refused = [
    ...normalized.rejected.map(({ item, reason }) => (reason.startsWith(item) ? reason : `${item}: ${reason}`)),
    ...outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : [])),
  ];
  const receiver = `otlp_${request.signal}`;
  const calls = outcomes.slice(outcomes.length - normalized.candidates.length);
  for (const status of ['accepted', 'duplicate'] as const) {
    metrics.events.inc({ receiver, outcome: status }, calls.filter((outcome) => outcome.status === status).length);
  }
  metrics.events.inc({ receiver, outcome: 'rejected' }, refused.length);
  const more = refused.length > TOLD ? `; and ${refused.length - TOLD} more` : '';
  return { rejected: refused.length, message: refused.slice(0, TOLD).join('; ') + more };
}
