import { dateTimeForTimeZone, type TimeRange } from '@grafana/data';
import { between, limitsOf, type Periods } from '../../pages/Why/periods';
import { DEFAULT_OPTIONS, type WhyOptions } from './options';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const WEEK_MS = 7 * DAY_MS;

const wholeMinute = (ms: number): number => Math.floor(ms / MINUTE_MS) * MINUTE_MS;

/**
 * The dashboard's time range, to the minute, so that one that ends now does not ask anew at each refresh of some seconds;
 * and what the options compare it with.
 */
export function comparedPeriods(
  { from, to }: TimeRange,
  { comparison, baselineDays }: WhyOptions,
  timeZone: string
): Periods {
  const whole = limitsOf(between(from.valueOf(), to.valueOf()));
  const [begin, end] = [wholeMinute(whole.from), Math.max(wholeMinute(whole.to), wholeMinute(whole.from) + MINUTE_MS)];
  const now = between(begin, end);
  // By the calendar, so that the clock reads the same where summer time began or ended in between.
  const daysBefore = (ms: number, days: number): number =>
    dateTimeForTimeZone(timeZone, ms).subtract(days, 'days').valueOf();
  switch (comparison) {
    case 'week': {
      // As many weeks as it takes for the two not to overlap.
      const back = 7 * Math.max(1, Math.ceil((end - begin) / WEEK_MS));
      return { now, before: between(daysBefore(begin, back), daysBefore(end, back)) };
    }
    case 'average': {
      const days = Math.max(1, Math.round(baselineDays || DEFAULT_OPTIONS.baselineDays));
      return { now, before: between(daysBefore(begin, days), begin), average: true };
    }
    default:
      return { now };
  }
}
