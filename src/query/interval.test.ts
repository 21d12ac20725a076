import { bucketSql, fits, isTimeZone, niceInterval, parseInterval, zoneOffsetMs } from './interval';

const HOUR = 3_600_000;
const [from, to] = [Date.parse('2026-01-01T00:00:00Z'), Date.parse('2026-12-31T00:00:00Z')];
const interval = (text: string) => parseInterval(text)!;

it.each(['', '0d', 'd', '1x', '-1d', '1.5h', '1h ', '100000d'])('"%s" is no interval', (text) =>
  expect(parseInterval(text)).toBeNull()
);

it.each([
  ['1d', 'UTC', "date_trunc('day', time, 'UTC')"],
  ['1M', 'Europe/Berlin', "date_trunc('month', time, 'Europe/Berlin')"],
  ['15m', 'UTC', "time_bucket(INTERVAL '15 minutes', time)"],
  ['6h', 'Asia/Kolkata', "time_bucket(INTERVAL '6 hours', time, 'Asia/Kolkata')"],
  ['2q', 'UTC', "time_bucket(INTERVAL '6 months', time)"],
])('%s in %s', (text, zone, sql) => expect(bucketSql(interval(text), zone, 'time')).toBe(sql));

it.each([
  ['1d', 'UTC', 'day', true],
  ['1d', 'Europe/Berlin', 'day', false],
  ['1d', 'Europe/Berlin', 'hour', true],
  ['1d', 'Asia/Kolkata', 'hour', false],
  ['1h', 'UTC', 'hour', true],
  ['6h', 'UTC', 'day', false],
  ['15m', 'UTC', 'hour', false],
  ['90m', 'UTC', 'hour', false],
  ['1M', 'Etc/UTC', 'day', true],
  // Half an hour of daylight saving: only a part of the year begins hours with UTC's.
  ['1d', 'Australia/Lord_Howe', 'hour', false],
] as const)('%s in %s from %s grains: %s', (text, zone, grain, expected) =>
  expect(fits(interval(text), zone, grain, from, to)).toBe(expected)
);

it('knows the offset of a zone at an instant', () => {
  expect(zoneOffsetMs('Europe/Berlin', Date.parse('2026-01-15T00:00:00Z'))).toBe(HOUR);
  expect(zoneOffsetMs('Europe/Berlin', Date.parse('2026-07-15T00:00:00Z'))).toBe(2 * HOUR);
  expect(zoneOffsetMs('America/St_Johns', Date.parse('2026-01-15T00:00:00Z'))).toBe(-3.5 * HOUR);
});

it.each([
  ['Europe/Berlin', true],
  ['Mars/Olympus', false],
  ["UTC'; --", false],
  ['+02:00', false],
])('%s is a time zone: %s', (zone, expected) => expect(isTimeZone(zone)).toBe(expected));

it.each([
  [1, '1s'],
  [60_000, '1m'],
  [61_000, '5m'],
  [86_400_000, '1d'],
  [1e12, '1y'],
])('at least %i ms is %s', (ms, text) => expect(niceInterval(ms)).toBe(text));
