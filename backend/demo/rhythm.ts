import { DateTime } from 'luxon';

/** How a day's work is spread: relative weight of each local hour, and of a weekend day against a working day. */
export interface Rhythm {
  readonly hours: readonly number[];
  readonly weekend: number;
}

const OFFICE_HOURS = [1, 1, 1, 1, 1, 2, 4, 9, 18, 26, 29, 28, 22, 25, 29, 28, 25, 18, 11, 7, 5, 4, 3, 2];
const EVENING_TOO = [4, 2, 2, 1, 1, 2, 5, 9, 13, 16, 18, 19, 18, 18, 18, 18, 19, 20, 22, 24, 23, 18, 12, 7];
const AT_NIGHT = [10, 28, 34, 26, 12, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2];

export const RHYTHMS = {
  office: { hours: OFFICE_HOURS, weekend: 0.3 },
  consumer: { hours: EVENING_TOO, weekend: 0.75 },
  nightly: { hours: AT_NIGHT, weekend: 0.6 },
} as const satisfies Record<string, Rhythm>;

export type RhythmName = keyof typeof RHYTHMS;

const HOUR_MS = 3_600_000;
const shares = new Map<string, number>();

/** Share of a working day's interactions that arrives per hour at this instant, in the workload's own time zone. */
export function shareOfDayPerHour(name: RhythmName, zone: string, at: number): number {
  const key = `${name} ${zone} ${Math.floor(at / HOUR_MS)}`;
  let share = shares.get(key);
  if (share === undefined) {
    const { hours, weekend }: Rhythm = RHYTHMS[name];
    const local = DateTime.fromMillis(at, { zone });
    share = (hours[local.hour]! / hours.reduce((sum, hour) => sum + hour)) * (local.weekday > 5 ? weekend : 1);
    shares.set(key, share);
  }
  return share;
}
