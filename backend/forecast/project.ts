import { DateTime } from 'luxon';
import { backTest, type BackTest, byAverage, byTrend, type Day, dayModel, rateTest } from './dayModel';

/** What was spent, day by day, in one time zone. */
export interface History {
  readonly timeZone: string;
  /** Whole days that ended, from the first one with a call on, the oldest first. */
  readonly days: readonly Day[];
  /** USD of today so far. */
  readonly today: number;
}

/** An amount that is expected. USD. */
export interface Projection {
  readonly expected: number;
  readonly low: number;
  readonly high: number;
  readonly method: 'todays_rate' | 'seven_day_average' | 'thirty_day_trend';
  /** Error of the same method over the last 30 days, 0.1 is 10%; null without enough past. */
  readonly back_test_error: number | null;
}

/** Days with calls below which a week or a month is not projected, and the part of a day below which a day is not. */
const LEAST_DAYS = 3;
const LEAST_OF_DAY = 1 / 12;
const LEAST_TREND = 7;

const ranged = (
  expected: number,
  { low, high, error }: BackTest,
  method: Projection['method'],
  certain = 0
): Projection => ({
  expected,
  low: certain + (expected - certain) * low,
  high: certain + (expected - certain) * high,
  method,
  back_test_error: error,
});

/** The part of the local day that is over. */
function partOfDay(now: number, zone: string): number {
  const at = DateTime.fromMillis(now, { zone });
  const start = at.startOf('day');
  return (now - start.toMillis()) / (start.plus({ days: 1 }).toMillis() - start.toMillis());
}

/** Today at its end: what is spent so far at the rate of today so far. */
export function projectDay(history: History, now: number): Projection | null {
  const part = partOfDay(now, history.timeZone);
  if (part < LEAST_OF_DAY || history.today === 0) {
    return null;
  }
  return ranged(history.today / part, rateTest(history.days, part), 'todays_rate', history.today);
}

/** The next seven days: the average of the last seven. */
export function projectWeek({ days }: History): Projection | null {
  return days.length < LEAST_DAYS
    ? null
    : ranged(byAverage(7)(days), backTest(days, 7, byAverage(7), LEAST_TREND), 'seven_day_average');
}

/** The next thirty days: the trend of the last thirty, with the rhythm of the week. */
export function projectMonth({ days }: History): Projection | null {
  return days.length < LEAST_TREND
    ? null
    : ranged(byTrend(30)(days), backTest(days, 30, byTrend(30), LEAST_TREND), 'thirty_day_trend');
}

/** What is expected to be spent in a window by a local day's end. */
export interface PathPoint {
  /** The end of the day, or of the window. ms since 1970 */
  readonly at: number;
  readonly expected: number;
  readonly low: number;
  readonly high: number;
}

/** What a budget's window is expected to hold at its end, and on the way there. */
export interface WindowProjection extends Projection {
  readonly path: readonly PathPoint[];
}

const DAY_MS = 86_400_000;

/** A window of a day or less: what is spent, and the rest at its own rate so far. */
function short(
  history: History,
  spent: number,
  window: { start: number; end: number },
  now: number
): WindowProjection | null {
  const part = (now - window.start) / (window.end - window.start);
  if (part < LEAST_OF_DAY || spent === 0) {
    return null;
  }
  const whole = window.end - window.start > 0.9 * DAY_MS;
  const projection = ranged(spent / part, rateTest(whole ? history.days : [], part), 'todays_rate', spent);
  const { expected, low, high } = projection;
  return { ...projection, path: [{ at: window.end, expected, low, high }] };
}

/**
 * Where a window ends: what is spent so far plus what each remaining day is expected to cost.
 *
 * @param spent USD in the window so far
 * @param window ms since 1970, [start, end)
 * @returns null while it is too early to say.
 */
export function projectWindow(
  history: History,
  spent: number,
  window: { readonly start: number; readonly end: number },
  now: number
): WindowProjection | null {
  if (window.end - window.start <= 1.1 * DAY_MS) {
    return short(history, spent, window, now);
  }
  const { days, timeZone } = history;
  if (days.length < LEAST_DAYS) {
    return null;
  }
  const trend = window.end - window.start > 10 * DAY_MS && days.length >= LEAST_TREND;
  const model = trend ? dayModel(days) : () => byAverage(1)(days);
  const horizon = Math.min(30, Math.max(1, Math.round((window.end - now) / DAY_MS)));
  const test = backTest(days, horizon, (trend ? byTrend : byAverage)(horizon), LEAST_TREND);
  const path: PathPoint[] = [];
  let expected = spent;
  let from = now;
  for (let ahead = 1; from < window.end; ahead++) {
    const start = DateTime.fromMillis(from, { zone: timeZone }).startOf('day');
    const end = start.plus({ days: 1 }).toMillis();
    const until = Math.min(end, window.end);
    expected += (model(ahead) * (until - from)) / (end - start.toMillis());
    path.push({ at: until, ...band(expected, spent, test) });
    from = until;
  }
  const method = trend ? 'thirty_day_trend' : 'seven_day_average';
  return { ...ranged(expected, test, method, spent), path };
}

const band = (expected: number, spent: number, { low, high }: BackTest) => ({
  expected,
  low: spent + (expected - spent) * low,
  high: spent + (expected - spent) * high,
});

/** When the path reaches an amount, ms since 1970; null when it doesn't. A straight line within a day. */
export function crossingTime(path: readonly PathPoint[], spent: number, now: number, amount: number): number | null {
  let before = { at: now, expected: spent };
  for (const point of path) {
    if (point.expected >= amount) {
      const part = (amount - before.expected) / (point.expected - before.expected || 1);
      return Math.round(before.at + Math.max(0, part) * (point.at - before.at));
    }
    before = point;
  }
  return null;
}
