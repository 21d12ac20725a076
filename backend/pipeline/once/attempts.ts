import type { OnceMemory } from './onceMemory';
import { isFailed, type Sighting } from './sighting';

/**
 * Which attempt a call is, by its siblings: a call that follows a failed one of the same instrumentation, parent and
 * model is a retry of it. Most clients retry inside of one span; the AI SDK and LiteLLM's router show each attempt.
 */
export function attemptOf(sighting: Sighting, memory: OnceMemory): number {
  if (sighting.parentSpanId === '' || sighting.event.trace_id === null) {
    return sighting.event.attempt;
  }
  const earlier = memory
    .inTrace(sighting.event.trace_id)
    .filter((other) => areSiblings(sighting, other) && other.end <= sighting.start)
    .sort((a, b) => b.start - a.start || (a.id < b.id ? 1 : -1));
  const lastSuccess = earlier.findIndex((other) => !isFailed(other));
  const failed = lastSuccess < 0 ? earlier.length : lastSuccess;
  return Math.max(sighting.event.attempt, failed + 1);
}

/** Calls that can be attempts of one another. */
export const areSiblings = (a: Sighting, b: Sighting): boolean =>
  a !== b &&
  a.parentSpanId === b.parentSpanId &&
  a.source === b.source &&
  a.event.request_model === b.event.request_model;
