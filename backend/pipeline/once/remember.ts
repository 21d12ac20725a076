import type { SpanLink } from '../../normalize/candidate';
import type { Sighting, Verdict } from './sighting';

/** Where a time series of a token counter stands. */
export interface CounterState {
  /** µs since 1970. */
  readonly start: number;
  /** µs since 1970. */
  readonly time: number;
  readonly value: number;
  readonly calls: number | null;
}

/** What one decision adds to the memory: everything that a replica, or a restarted collector, has to take over. */
export interface Remember {
  readonly links: SpanLink[];
  readonly sightings: Sighting[];
  readonly verdicts: Map<string, Verdict>;
  readonly counters: Map<string, CounterState>;
}

export const emptyRemember = (): Remember => ({ links: [], sightings: [], verdicts: new Map(), counters: new Map() });
