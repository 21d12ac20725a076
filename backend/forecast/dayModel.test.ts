import { backTest, byAverage, byTrend, type Day, dayModel, rateTest } from './dayModel';
import { windowAt } from '../budgets/window';
import { historyOf } from './history';
import { crossingTime, projectDay, projectMonth, projectWeek, projectWindow } from './project';

const hours = (cost: number) => Array.from({ length: 24 }, () => cost / 24);
/** Days of which the last is a Sunday. */
const days = (count: number, cost: (i: number, weekday: number) => number): Day[] =>
  Array.from({ length: count }, (_, i) => {
    const weekday = ((((6 - (count - 1 - i)) % 7) + 7) % 7) + 1;
    return { weekday, cost: cost(i, weekday), hours: hours(cost(i, weekday)) };
  });
const at = (text: string) => Date.parse(text);
const NOON = at('2026-01-12T12:00:00Z');

test('a steady cost goes on, a steady growth goes on, and a weekend stays a weekend', () => {
  expect(dayModel(days(30, () => 5))(3)).toBeCloseTo(5);
  const growing = dayModel(days(35, (i) => 10 + i));
  expect(growing(1)).toBeGreaterThan(41);
  expect(growing(7)).toBeGreaterThan(growing(1));
  const weekly = dayModel(days(56, (_, weekday) => (weekday > 5 ? 1 : 10)));
  expect(weekly(1)).toBeGreaterThan(8);
  expect(weekly(6)).toBeLessThan(3);
  expect(dayModel(days(35, (i) => 100 - 4 * i))(30)).toBe(0);
});

test('the back-test says how wrong it was, and nothing without enough past', () => {
  expect(
    backTest(
      days(60, () => 3),
      7,
      byAverage(7),
      7
    )
  ).toMatchObject({ error: expect.closeTo(0), tests: 30 });
  const noisy = backTest(
    days(60, (i) => (i % 2 ? 1 : 3)),
    1,
    byAverage(1),
    7
  );
  expect(noisy.error).toBeGreaterThan(0.4);
  expect(noisy.low).toBeLessThan(0.7);
  expect(noisy.high).toBeGreaterThan(1.3);
  expect(
    backTest(
      days(20, () => 3),
      30,
      byTrend(30),
      7
    )
  ).toMatchObject({ error: null, low: 0.5, high: 1.5 });
  expect(
    rateTest(
      days(30, () => 3),
      0.3
    ).error
  ).toBeCloseTo(0);
});

test('day, week and month; too early where there is too little', () => {
  const history = { timeZone: 'UTC', days: days(62, () => 2), today: 1 };
  expect(projectDay(history, NOON)).toMatchObject({
    expected: 2,
    method: 'todays_rate',
    back_test_error: expect.closeTo(0),
  });
  expect(projectWeek(history)!.expected).toBeCloseTo(14);
  expect(projectMonth(history)!.expected).toBeCloseTo(60);
  const young = { ...history, days: days(2, () => 2), today: 0 };
  expect([projectDay(young, NOON), projectWeek(young), projectMonth(young)]).toEqual([null, null, null]);
  expect(projectDay(history, at('2026-01-12T01:00:00Z'))).toBeNull();
});

test('a window ends with what is spent and what its remaining days are expected to cost; each threshold has its date', () => {
  const history = { timeZone: 'UTC', days: days(62, () => 2), today: 1 };
  const month = { start: at('2026-01-01T00:00:00Z'), end: at('2026-02-01T00:00:00Z') };
  const projection = projectWindow(history, 23, month, NOON)!;
  expect(projection.expected).toBeCloseTo(23 + 19.5 * 2);
  expect(projection.path).toHaveLength(20);
  expect(projection.path.at(-1)!.at).toBe(month.end);
  expect(new Date(crossingTime(projection.path, 23, NOON, 26)!).toISOString()).toBe('2026-01-14T00:00:00.000Z');
  expect(crossingTime(projection.path, 23, NOON, 1000)).toBeNull();
  const day = { start: at('2026-01-12T00:00:00Z'), end: at('2026-01-13T00:00:00Z') };
  expect(projectWindow(history, 1, day, NOON)).toMatchObject({ expected: 2, method: 'todays_rate' });
  expect(projectWindow({ ...history, days: [] }, 23, month, NOON)).toBeNull();
});

test('hours become local days, also where clocks change', () => {
  const list = [
    { at: at('2026-03-28T12:00:00Z'), cost: 1 },
    { at: at('2026-03-29T21:00:00Z'), cost: 2 },
    { at: at('2026-03-30T08:00:00Z'), cost: 4 },
  ];
  const { days: found, today } = historyOf(list, 'Europe/Berlin', at('2026-03-30T10:00:00Z'));
  expect(found.map(({ cost, weekday, hours: each }) => [cost, weekday, each.length])).toEqual([
    [1, 6, 24],
    [2, 7, 23],
  ]);
  expect(today).toBe(4);
});

test('a day that is an hour shorter is expected to cost an hour less, and a month that starts on the 31st ends on its last day', () => {
  const history = { timeZone: 'Europe/Berlin', days: days(62, () => 24), today: 0 };
  // Clocks go forward on 29 March 2026, a Sunday; what was counted above is 24 USD for every day.
  const week = windowAt({ period: 'week', timeZone: 'Europe/Berlin' }, at('2026-03-25T12:00:00Z'));
  const now = at('2026-03-28T23:00:00Z');
  const { path, expected } = projectWindow(history, 100, week, now)!;
  expect(path.map((point) => point.at)).toEqual([week.end]);
  expect(week.end - now).toBe(23 * 3_600_000);
  expect(expected).toBeCloseTo(124);
  const half = projectWindow(history, 100, week, now + 11.5 * 3_600_000)!;
  expect(half.expected).toBeCloseTo(112);

  const month = windowAt({ period: 'month', timeZone: 'Europe/Berlin', startsOn: 31 }, at('2026-02-10T12:00:00Z'));
  const projection = projectWindow(history, 0, month, at('2026-02-26T23:00:00Z'))!;
  expect(new Date(month.end).toISOString()).toBe('2026-02-27T23:00:00.000Z');
  expect(projection.path.at(-1)!.at).toBe(month.end);
  expect(projection.expected).toBeCloseTo(24);
});
