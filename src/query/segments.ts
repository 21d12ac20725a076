import { GRAIN_MS, type Rollup } from './rollups';

/** The raw events, or a rollup of them. */
export type Source = Rollup | 'usage_events';

/** A half-open stretch of time, ms since 1970, answered by one source. */
export interface Segment {
  readonly source: Source;
  readonly from: number;
  readonly to: number;
}

/**
 * Covers [from, to) exactly: whole days from a daily rollup, the rest in whole hours from an hourly one, and what's left
 * at the edges from the raw events. `levels` goes from the coarsest rollup to the finest.
 */
export function cover(from: number, to: number, levels: readonly Rollup[]): Segment[] {
  if (from >= to) {
    return [];
  }
  const [level, ...finer] = levels;
  if (!level) {
    return [{ source: 'usage_events', from, to }];
  }
  const grain = GRAIN_MS[level.grain];
  const start = Math.ceil(from / grain) * grain;
  const end = Math.floor(to / grain) * grain;
  return start < end
    ? [...cover(from, start, finer), { source: level, from: start, to: end }, ...cover(end, to, finer)]
    : cover(from, to, finer);
}
