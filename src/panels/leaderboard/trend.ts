import { type DataFrame, FieldType, getFieldDisplayName, type TimeRange } from '@grafana/data';
import { isNumber } from '../shared/fields';

/** How an amount went over the range. */
export interface Trend {
  readonly word: 'increasing' | 'stable' | 'decreasing';
  /** Change over the range by the line that fits best, as a part of the mean. */
  readonly change: number;
  readonly points: readonly number[];
}

/** A smaller change than this over the whole range is no trend. */
export const STABLE = 0.15;
/** Fewer whole buckets tell nothing. */
const LEAST_POINTS = 4;

/** The trend of amounts per bucket: the slope of the least-squares line over the range, by the mean. */
export function trendOf(points: readonly number[]): Trend | undefined {
  const n = points.length;
  const mean = points.reduce((sum, y) => sum + y, 0) / n;
  if (n < LEAST_POINTS || mean <= 0) {
    return undefined;
  }
  const middle = (n - 1) / 2;
  const over = points.reduce((sum, y, x) => sum + (x - middle) * (y - mean), 0);
  const under = points.reduce((sum, _y, x) => sum + (x - middle) ** 2, 0);
  const change = ((over / under) * (n - 1)) / mean;
  return { word: Math.abs(change) < STABLE ? 'stable' : change > 0 ? 'increasing' : 'decreasing', change, points };
}

/** The trend of each series by its name. Buckets that the range cuts are left out: half a day costs half as much. */
export function trendsOf(frames: DataFrame[], { from, to }: TimeRange): Map<string, Trend> {
  const found = new Map<string, Trend>();
  for (const frame of frames) {
    const times = (frame.fields.find(({ type }) => type === FieldType.time)?.values ?? []) as number[];
    const width = times.length > 1 ? times[1] - times[0] : 0;
    const whole = times.map((time) => time >= from.valueOf() && time + width <= to.valueOf());
    for (const field of frame.fields.filter(({ type }) => type === FieldType.number)) {
      const values: unknown[] = field.values.filter((_value: unknown, row: number) => whole[row]);
      const trend = trendOf(values.map((value) => (isNumber(value) ? value : 0)));
      if (trend) {
        found.set(getFieldDisplayName(field, frame, frames), trend);
      }
    }
  }
  return found;
}
