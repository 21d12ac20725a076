import { GRAIN_MS, type Rollup } from './rollups';

/** The raw events, or a rollup of them. */
export type Source = Rollup | 'usage_events';

/** A half-open stretch of time, ms since 1970, answered by one source. */
export interface Segment {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
}

/** Rollups take hours and days in when they ended so long ago (`backend/storage/rollups.ts`). */
export const TAKEN_IN_AFTER_MS = 2 * 3_600_000;

/** Until when rollups may have taken hours or days in, where it is known what time it is. */
export const takenInUntil = (now: number, grainMs: number): number =>
  Math.floor((now - TAKEN_IN_AFTER_MS) / grainMs) * grainMs;

/**
 * Covers [from, to) exactly: whole days from a daily rollup, the rest in whole hours from an hourly one, and what's left
 * at the edges from the raw events. `levels` goes from the coarsest rollup to the finest.
 *
 * @param now where it is known, what rollups can't have taken in yet is read from the raw events: the views would sum every
 *   measure of it by every dimension first. The result is the same, also for a clock that is wrong.
 */
export function cover(from: number, to: number, levels: readonly Rollup[], now = Infinity): Segment[] {
  if (from >= to) {
    return [];
  }
  const [level, ...finer] = levels;
  if (!level) {
    return [{ source: 'usage_events', from, to }];
  }
  const grain = GRAIN_MS[level.grain];
  const start = Math.ceil(from / grain) * grain;
  const end = Math.floor(Math.min(to, now - TAKEN_IN_AFTER_MS) / grain) * grain;
  return start < end
    ? [...cover(from, start, finer, now), { source: level, from: start, to: end }, ...cover(end, to, finer, now)]
    : cover(from, to, finer, now);
}
