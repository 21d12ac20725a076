import { DateTime } from 'luxon';

/** Whole microseconds since 1970 UTC: the unit of event times, exact in a number for the next 200 years. */
export type Microseconds = number;

export const MICROSECONDS_PER_HOUR = 3_600_000_000;

const RFC_3339 = /^\d{4}-\d{2}-\d{2}([Tt ]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?([Zz]|[+-]\d{2}:\d{2}))?$/;

/** An RFC 3339 time with its offset, or a date (its midnight in UTC), as microseconds; undefined for anything else. */
export function parseInstant(text: string): Microseconds | undefined {
  const match = RFC_3339.exec(text);
  if (!match) {
    return undefined;
  }
  const time = DateTime.fromISO(text.replace(' ', 'T').toUpperCase(), { zone: 'utc' });
  // luxon keeps milliseconds; the next three digits are added here.
  const belowMilliseconds = Number((match[3] ?? '.').slice(4, 7).padEnd(3, '0'));
  return time.isValid ? time.toMillis() * 1000 + belowMilliseconds : undefined;
}

/** RFC 3339 in UTC with as many digits as needed. */
export function formatInstant(time: Microseconds): string {
  const milliseconds = Math.floor(time / 1000);
  const below = time - milliseconds * 1000;
  const iso = new Date(milliseconds).toISOString();
  if (below > 0) {
    return `${iso.slice(0, -1)}${String(below).padStart(3, '0')}Z`;
  }
  return iso.endsWith('.000Z') ? `${iso.slice(0, -5)}Z` : iso;
}
