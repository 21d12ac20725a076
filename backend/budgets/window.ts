import { DateTime } from 'luxon';

/** How long a budget's amount lasts. `run`: once per pipeline run, without a calendar. */
export const PERIODS = ['hour', 'day', 'week', 'month', 'quarter', 'year', 'run'] as const;
export type Period = (typeof PERIODS)[number];
export type CalendarPeriod = Exclude<Period, 'run'>;

export interface WindowRule {
  readonly period: CalendarPeriod;
  /** IANA name; the window begins at the first instant of its local date. */
  readonly timeZone: string;
  /** Weekday (1 = Monday … 7) of a week, day (1 … 31) of a month, quarter or year's first month. */
  readonly startsOn?: number | null;
}

/** Half-open [start, end), ms since 1970. */
export interface Window {
  readonly start: number;
  readonly end: number;
}

const HOUR_MS = 3_600_000;
const MONTHS: Partial<Record<CalendarPeriod, number>> = { month: 1, quarter: 3, year: 12 };

/** A local date as the number of a day, so that dates compare and count without a zone. */
const local = (at: number, zone: string): DateTime => DateTime.fromMillis(at, { zone });

/**
 * The first instant of a local date. Where midnight doesn't exist (clocks go forward at midnight) that is later than
 * 00:00, where it exists twice it is the earlier one.
 */
function firstInstant(date: DateTime): number {
  const guess = date.startOf('day').toMillis();
  const day = date.toISODate();
  const earlier = [HOUR_MS, HOUR_MS / 2].find((shift) => local(guess - shift, date.zoneName!).toISODate() === day);
  return earlier === undefined ? guess : guess - earlier;
}

/** The day of a month, or its last day where the month is shorter. */
const onDay = (month: DateTime, day: number): DateTime => month.set({ day: Math.min(day, month.daysInMonth!) });

function months(rule: WindowRule, at: number, length: number): Window {
  const day = rule.startsOn ?? 1;
  const now = local(at, rule.timeZone);
  const first = now.startOf('month').set({ month: now.month - ((now.month - 1) % length) });
  const begin = (steps: number) => firstInstant(onDay(first.plus({ months: steps * length }).startOf('month'), day));
  const step = [1, 0, -1].find((steps) => begin(steps) <= at)!;
  return { start: begin(step), end: begin(step + 1) };
}

function days(rule: WindowRule, at: number, length: 1 | 7): Window {
  const today = local(at, rule.timeZone).startOf('day');
  const back = length === 7 ? (today.weekday - (rule.startsOn ?? 1) + 7) % 7 : 0;
  const begin = today.minus({ days: back });
  return { start: firstInstant(begin), end: firstInstant(begin.plus({ days: length })) };
}

/** The instant in (from, to] at which the zone's offset changes to what it is at `to`. */
function transition(from: number, to: number, zone: string): number {
  const offset = local(to, zone).offset;
  let [before, after] = [from, to];
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    [before, after] = local(middle, zone).offset === offset ? [before, middle] : [middle, after];
  }
  return after;
}

/** Hours of the local clock; one in which the clock is set ends, or begins, with that. */
function hours({ timeZone }: WindowRule, at: number): Window {
  const offset = (instant: number) => local(instant, timeZone).offset;
  const shift = offset(at) * 60_000;
  const start = Math.floor((at + shift) / HOUR_MS) * HOUR_MS - shift;
  const end = start + HOUR_MS;
  return {
    start: offset(start) === offset(at) ? start : transition(start, at, timeZone),
    end: offset(end) === offset(at) ? end : transition(at, end, timeZone),
  };
}

/**
 * The window of a budget that holds an instant (ms since 1970). Windows of one rule follow each other without a gap:
 * days of 23 or 25 hours, months that start on the 31st and the like included (`cases/budget-windows.json`).
 */
export function windowAt(rule: WindowRule, at: number): Window {
  switch (rule.period) {
    case 'hour':
      return hours(rule, at);
    case 'day':
      return days(rule, at, 1);
    case 'week':
      return days(rule, at, 7);
    default:
      return months(rule, at, MONTHS[rule.period]!);
  }
}
