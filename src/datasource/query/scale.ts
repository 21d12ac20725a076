import type { Stretch, StretchSql } from './windows';

const HOUR = 3_600_000;

interface ScaleDefinition {
  readonly name: string;
  readonly label: string;
  readonly description: string;
  /** Length that sums are brought to, ms; `end` stands for the whole of a window that still runs. */
  readonly length?: number | 'end';
  /** How a metric's name goes on, e.g. "Cost" + " per day". */
  readonly suffix: string;
}

const define = <const T extends readonly ScaleDefinition[]>(list: T): T => list;

/** What a sum over the window is turned into. */
export const SCALES = define([
  { name: 'total', label: 'Total', description: 'As it is', suffix: '' },
  { name: 'per_hour', label: 'Per hour', description: 'Average hour of the range', length: HOUR, suffix: ' per hour' },
  { name: 'per_day', label: 'Per day', description: 'Average day of the range', length: 24 * HOUR, suffix: ' per day' },
  {
    name: 'per_month',
    label: 'Per 30 days',
    description: 'At the average rate of the range',
    length: 720 * HOUR,
    suffix: ' per 30 days',
  },
  {
    name: 'projected',
    label: 'Projected',
    description: 'To the end of today or of this month, at the rate so far',
    length: 'end',
    suffix: ', projected',
  },
]);

export type ScaleName = (typeof SCALES)[number]['name'];

/** @throws Error for a name that isn't one. */
export function scale(name: string): ScaleDefinition {
  const found = SCALES.find((one) => one.name === name);
  if (!found) {
    throw new Error(`unknown scale "${name}"; known are ${SCALES.map((one) => one.name).join(', ')}`);
  }
  return found;
}

/** A factor as a fraction of two lengths of time, ms. */
export interface Fraction {
  readonly over: number;
  readonly under: number;
}

/** The factor for sums over a stretch of known length; undefined for 1. */
export function factor(name: ScaleName, { from, to, end }: Stretch): Fraction | undefined {
  const { length } = scale(name);
  const over = length === 'end' ? end - from : length;
  return over === undefined || to <= from || over === to - from ? undefined : { over, under: to - from };
}

/** The same where the stretch is known only when the query runs. */
export function factorSql(name: ScaleName, { from, to, end }: StretchSql): string | undefined {
  const { length } = scale(name);
  const seconds = (later: string) => `extract(epoch FROM (${later} - ${from}))`;
  if (length === undefined) {
    return undefined;
  }
  return `(${length === 'end' ? seconds(end) : `${length / 1000}.0`} / nullif(${seconds(to)}, 0))`;
}
