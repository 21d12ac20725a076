import { buildCall } from '../../normalize/buildCall';
import type { Candidate } from '../../normalize/candidate';
import { eventId } from '../../normalize/eventId';
import type { CounterReading } from '../../normalize/metrics';
import { noUsage, type RawUsage } from '../../normalize/usage';
import type { OnceMemory } from './onceMemory';
import type { CounterState } from './remember';

/** What was counted for one group of time series between two exports. */
interface Interval {
  readonly reading: CounterReading;
  readonly usage: RawUsage;
  calls: number | null;
  /** µs since 1970. */
  start: number;
}

/**
 * Token counters → calls: one event per group of time series and export, with what was added since the export before.
 * A cumulative counter that began anew, or fell, was reset: all of it is new. A point that is not newer than the last
 * one was delivered before.
 */
export function callsOfCounters(readings: readonly CounterReading[], memory: OnceMemory): Candidate[] {
  const intervals = new Map<string, Interval>();
  for (const reading of [...readings].sort((a, b) => a.time - b.time)) {
    const added = advance(reading, memory);
    if (added) {
      const key = `${reading.boundTenant ?? ''}\n${reading.group}\n${reading.exported}`;
      const interval = intervals.get(key) ?? { reading, usage: noUsage(), calls: null, start: added.start };
      interval.usage[reading.field] = (interval.usage[reading.field] ?? 0) + added.value;
      interval.start = Math.min(interval.start, added.start);
      if (added.calls !== null && reading.field === 'input') {
        interval.calls = (interval.calls ?? 0) + added.calls;
      }
      intervals.set(key, interval);
    }
  }
  return [...intervals.values()]
    .filter(({ usage }) => Object.values(usage).some((value) => value !== null && value > 0))
    .map(callOf);
}

interface Added {
  readonly value: number;
  readonly calls: number | null;
  /** µs since 1970. */
  readonly start: number;
}

function advance(reading: CounterReading, memory: OnceMemory): Added | undefined {
  const { start, time, value, calls } = reading;
  // Tenants can't move each other's counters.
  const stream = `${reading.boundTenant ?? ''}\n${reading.stream}`;
  const last = memory.counter(stream);
  if (last && time <= last.time) {
    return undefined;
  }
  memory.setCounter(stream, { start, time, value, calls });
  if (!last || !reading.cumulative || isReset(reading, last)) {
    return { value, calls, start: Math.min(time, start > 0 ? start : time) };
  }
  const counted = calls === null || last.calls === null ? null : calls - last.calls;
  return { value: value - last.value, calls: counted, start: last.time };
}

/** The counter fell, or says that it began after its last point. */
const isReset = ({ start, value }: CounterReading, last: CounterState): boolean =>
  value < last.value || (start > 0 && last.start > 0 && start > last.time);

function callOf({ reading, usage, calls, start }: Interval): Candidate {
  const place = {
    eventId: eventId('metric', reading.boundTenant ?? '', reading.group, String(reading.exported)),
    signal: 'metric' as const,
    instrumentation: reading.instrumentation,
    start,
    end: reading.exported,
    timed: false,
    traceId: null,
    spanId: null,
    parentSpanId: '',
  };
  const candidate = buildCall({ ...reading.call, usage }, place, reading.circumstances);
  candidate.event.quality = 'from_metrics';
  candidate.event.requests = calls;
  if (reading.boundTenant !== undefined) {
    candidate.event.tenant = reading.boundTenant;
    candidate.boundTenant = reading.boundTenant;
  }
  return candidate;
}
