import type { Candidate, Normalized, SpanLink } from '../../normalize/candidate';

/** How captured reports are changed, to be those of other calls or of another time. */
export interface Move {
  /** Added to every time, µs; may depend on who reports. */
  readonly shift?: (instrumentation: string) => number;
  /** Another name for every id: of traces, spans, answers, calls. */
  readonly rename?: (id: string) => string;
  /** Takes the answers' ids and gateways' call ids away. */
  readonly withoutIds?: boolean;
}

/** The same reports, moved. Points of metrics stay as they are: they are sums of many calls. */
export function moved(input: Normalized, move: Move): Normalized {
  return {
    ...input,
    candidates: input.candidates.map((candidate) => movedCandidate(candidate, move)),
    links: input.links.map((link) => movedLink(link, move)),
  };
}

function movedCandidate(candidate: Candidate, { shift, rename = (id) => id, withoutIds = false }: Move): Candidate {
  const { event } = candidate;
  const by = shift?.(candidate.instrumentation) ?? 0;
  const other = (id: string | null): string | null => (id === null ? null : rename(id));
  return {
    ...candidate,
    start: candidate.start + by,
    parentSpanId: candidate.parentSpanId === '' ? '' : rename(candidate.parentSpanId),
    callIds: withoutIds ? [] : candidate.callIds.map(rename),
    event: {
      ...event,
      time: event.time + by,
      event_id: rename(event.event_id),
      trace_id: other(event.trace_id),
      span_id: other(event.span_id),
      response_id: withoutIds ? null : other(event.response_id),
    },
  };
}

const movedLink = (link: SpanLink, { rename = (id) => id }: Move): SpanLink => ({
  ...link,
  traceId: rename(link.traceId),
  spanId: rename(link.spanId),
  parentSpanId: link.parentSpanId === '' ? '' : rename(link.parentSpanId),
});
