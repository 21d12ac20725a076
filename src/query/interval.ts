import { literal } from './literal';
import { GRAIN_MS, type Grain } from './rollups';

/** A bucket width: `5m`, `1h`, `1d`, `1w`, `1M` (month), `1q`, `1y`. Days and longer are calendar units of the zone. */
export interface Interval {
  readonly count: number;
  readonly unit: 's' | 'm' | 'h' | 'd' | 'w' | 'M' | 'q' | 'y';
}

const UNITS = {
  s: 'second',
  m: 'minute',
  h: 'hour',
  d: 'day',
  w: 'week',
  M: 'month',
  q: 'quarter',
  y: 'year',
} as const;
const FIXED_MS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** Reads an interval; null when it isn't one. */
export function parseInterval(text: string): Interval | null {
  const match = /^([1-9]\d{0,4})([smhdwMqy])$/.exec(text);
  return match ? { count: Number(match[1]), unit: match[2] as Interval['unit'] } : null;
}

/** About how long the interval is, in ms (months count 30 days): for bounding the number of buckets. */
export function approximateMs({ count, unit }: Interval): number {
  const days = { M: 30, q: 91, y: 365 };
  return (
    count * (unit in FIXED_MS ? FIXED_MS[unit as keyof typeof FIXED_MS] : days[unit as keyof typeof days] * FIXED_MS.d)
  );
}

/** The last zone that was found: to look one up takes about a millisecond, and all panels of a dashboard ask for the same. */
let found = 'UTC';

/** Whether the runtime knows the IANA zone. */
export function isTimeZone(zone: string): boolean {
  if (zone === found) {
    return true;
  }
  try {
    new Intl.DateTimeFormat('en', { timeZone: zone });
  } catch {
    return false;
  }
  const isName = /^[A-Za-z]/.test(zone);
  found = isName ? zone : found;
  return isName;
}

export const isUtc = (zone: string): boolean => /^(Etc\/)?(UTC|GMT|UCT|Zulu|Universal)$/i.test(zone);

/** Offset of a zone from UTC at an instant, in ms. */
export function zoneOffsetMs(zone: string, at: number): number {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  }).formatToParts(at);
  const get = (type: string) => Number(parts.find((part) => part.type === type)?.value);
  const local = Date.UTC(get('year'), get('month') - 1, get('day'), get('hour'), get('minute'), get('second'));
  return local - Math.floor(at / 1000) * 1000;
}

/** Whether every hour of a zone between two instants begins with an hour of UTC (offsets change a few times a year). */
function hoursAlign(zone: string, from: number, to: number): boolean {
  const week = 7 * FIXED_MS.d;
  for (let at = from; ; at += week) {
    if (zoneOffsetMs(zone, Math.min(at, to)) % GRAIN_MS.hour !== 0) {
      return false;
    }
    if (at >= to) {
      return true;
    }
  }
}

/** Whether buckets of this interval in this zone are made of whole grains, so that a rollup of that grain is exact. */
export function fits(interval: Interval, zone: string, grain: Grain, from: number, to: number): boolean {
  const calendar = !['s', 'm', 'h'].includes(interval.unit);
  if (grain === 'day') {
    return calendar && isUtc(zone);
  }
  return (calendar || approximateMs(interval) % GRAIN_MS.hour === 0) && (isUtc(zone) || hoursAlign(zone, from, to));
}

/** Whether each bucket of an interval that {@link fits} is one of the grain. */
export const isGrain = ({ count, unit }: Interval, zone: string, grain: Grain): boolean =>
  count === 1 && (grain === 'day' ? unit === 'd' && isUtc(zone) : unit === 'h');

/** SQL for the start of the bucket that holds `column`. */
export function bucketSql(interval: Interval, zone: string, column: string): string {
  const { count, unit } = interval;
  const calendar = !['s', 'm', 'h'].includes(unit);
  if (calendar && count === 1) {
    return `date_trunc('${UNITS[unit]}', ${column}, ${literal(zone)})`;
  }
  const width = unit === 'q' ? `${count * 3} months` : `${count} ${UNITS[unit]}s`;
  return isUtc(zone)
    ? `time_bucket(INTERVAL '${width}', ${column})`
    : `time_bucket(INTERVAL '${width}', ${column}, ${literal(zone)})`;
}

const NICE = [
  '1s',
  '5s',
  '10s',
  '30s',
  '1m',
  '5m',
  '10m',
  '15m',
  '30m',
  '1h',
  '2h',
  '3h',
  '6h',
  '1d',
  '1w',
  '1M',
  '1y',
];

/** The smallest usual interval that is at least `ms` long: what "auto" means. */
export function niceInterval(ms: number): string {
  return NICE.find((text) => approximateMs(parseInterval(text)!) >= ms) ?? '1y';
}
