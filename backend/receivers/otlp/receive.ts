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
import { decodeLogs } from './logs';
import { decodeLogsJson } from './logsJson';
import { decodeMetrics } from './metrics';
import { decodeMetricsJson } from './metricsJson';
import { decodeTraces } from './traces';
import { decodeTracesJson } from './tracesJson';

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

function read({ signal, body, tenant }: ExportRequest, mapping: DimensionMapping): Read {
  const now = Date.now() * 1000;
  switch (signal) {
    case 'traces':
      return normalizeTraces(typeof body === 'string' ? decodeTracesJson(body) : decodeTraces(body), mapping, now);
    case 'logs': {
      const logs = typeof body === 'string' ? decodeLogsJson(body) : decodeLogs(body);
      return { ...normalizeLogs(logs, mapping, now), feedback: readEvaluations(logs, mapping, tenant) };
    }
    case 'metrics': {
      const metrics = normalizeMetrics(
        typeof body === 'string' ? decodeMetricsJson(body) : decodeMetrics(body),
        mapping,
        now
      );
      return { candidates: [], links: [], ...metrics };
    }
  }
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
    ...normalized.rejected.map(({ item, reason }) => `${item}: ${reason}`),
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
