import type { Candidate, SpanLink } from '../normalize/candidate';
import { noDuplicates, type Decision } from './decision';

/**
 * Which of a batch's candidate calls are counted. So far: one event per id, and the leaf rule within the batch.
 */
export function decide(batch: readonly Candidate[], links: readonly SpanLink[]): Decision {
  const decision: Decision = { insert: [], void: [], update: [], duplicates: noDuplicates() };
  const parents = new Map(links.map((link) => [link.traceId + link.spanId, link.traceId + link.parentSpanId]));
  const repeated = new Set<string>();
  for (const { event, parentSpanId } of batch) {
    let ancestor = `${event.trace_id}${parentSpanId}`;
    for (let depth = 0; depth < 256 && parents.has(ancestor) && !repeated.has(ancestor); depth++) {
      repeated.add(ancestor);
      ancestor = parents.get(ancestor) ?? '';
    }
  }
  const seen = new Set<string>();
  for (const { event } of batch) {
    if (seen.has(event.event_id)) {
      decision.duplicates.redelivered++;
    } else if (repeated.has(`${event.trace_id}${event.span_id}`)) {
      decision.duplicates.repeated_by_child++;
    } else {
      decision.insert.push(event);
    }
    seen.add(event.event_id);
  }
  return decision;
}
