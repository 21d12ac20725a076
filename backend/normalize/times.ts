import { ItemError } from './values';

/** Earliest and latest (from now) event time that is believed; outside of it a clock or a unit is wrong. µs. */
const EARLIEST = Date.UTC(2015, 0, 1) * 1000;
const LATEST_AHEAD = 24 * 3600 * 1e6;

/**
 * @param time µs since 1970
 * @param now µs since 1970
 * @throws ItemError for a time that cannot be when a call ended
 */
export function checkTime(time: number, now: number, what: string): void {
  if (!(time >= EARLIEST && time <= now + LATEST_AHEAD)) {
    const shown = time > 0 && time < 8.64e18 ? new Date(time / 1000).toISOString() : String(time);
    throw new ItemError(`${what} ${shown} is not between 2015 and tomorrow; times are nanoseconds since 1970`);
  }
}
