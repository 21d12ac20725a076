import { dayRanges, hourRanges } from './rollups';

const DAY = 86_400_000;
const HOUR = 3_600_000;
const mark = (hour: number) => ({ hour, version: 1n });

const ranges = (hours: readonly number[]) =>
  dayRanges(hours.map(mark)).map(({ from, to, marks }) => [from, to, marks.length]);

test('marked hours become whole days', () => {
  expect(ranges([5 * DAY + 3 * HOUR, 5 * DAY + 23 * HOUR])).toEqual([[5 * DAY, 6 * DAY, 2]]);
});

test('neighbouring days are joined, others are not', () => {
  expect(ranges([DAY, 2 * DAY + HOUR, 4 * DAY])).toEqual([
    [DAY, 3 * DAY, 2],
    [4 * DAY, 5 * DAY, 1],
  ]);
});

test('a range is a week at most', () => {
  const days = Array.from({ length: 10 }, (_, day) => day * DAY);
  expect(ranges(days)).toEqual([
    [0, 7 * DAY, 7],
    [7 * DAY, 10 * DAY, 3],
  ]);
});

test('no marks, no ranges', () => {
  expect(ranges([])).toEqual([]);
});

test('of each day the hours from the first to the last marked one are a range, neighbours joined', () => {
  expect(hourRanges([DAY, DAY + HOUR, DAY + 5 * HOUR, 2 * DAY + HOUR].map(mark))).toEqual([
    { from: DAY, to: DAY + 6 * HOUR },
    { from: 2 * DAY + HOUR, to: 2 * DAY + 2 * HOUR },
  ]);
  expect(hourRanges([DAY + 23 * HOUR, 2 * DAY].map(mark))).toEqual([{ from: DAY + 23 * HOUR, to: 2 * DAY + HOUR }]);
  expect(hourRanges([])).toEqual([]);
});
