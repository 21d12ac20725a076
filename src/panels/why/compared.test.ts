import { range } from '../../testing/sources';
import { beforeOf, limitsOf } from '../../pages/Why/periods';
import { comparedPeriods } from './compared';
import { type Comparison, DEFAULT_OPTIONS } from './options';

const text = ({ from, to }: { from: number; to: number }) => [from, to].map((ms) => new Date(ms).toISOString());

function compared(from: string, to: string, comparison: Comparison, timeZone = 'utc', baselineDays = 7) {
  const periods = comparedPeriods(range(from, to), { ...DEFAULT_OPTIONS, comparison, baselineDays }, timeZone);
  return { now: text(limitsOf(periods.now)), before: text(beforeOf(periods)), average: periods.average };
}

it('the period before is as long, and both are whole minutes, so that a refresh does not ask anew', () => {
  const first = compared('2026-11-01T10:00:12.345Z', '2026-11-02T10:00:12.345Z', 'before');
  expect(first).toEqual({
    now: ['2026-11-01T10:00:00.000Z', '2026-11-02T10:00:00.000Z'],
    before: ['2026-10-31T10:00:00.000Z', '2026-11-01T10:00:00.000Z'],
    average: undefined,
  });
  expect(compared('2026-11-01T10:00:42Z', '2026-11-02T10:00:42Z', 'before')).toEqual(first);
  // "Yesterday" ends with the last millisecond of the day.
  expect(compared('2026-11-01T00:00:00Z', '2026-11-01T23:59:59.999Z', 'before').now[1]).toBe(
    '2026-11-02T00:00:00.000Z'
  );
});

it('the same days last week begin at the same hour of the clock, also where summer time ended', () => {
  // 25 October 2026 has 25 hours in Berlin.
  expect(compared('2026-10-26T23:00:00Z', '2026-10-27T23:00:00Z', 'week', 'Europe/Berlin').before).toEqual([
    '2026-10-19T22:00:00.000Z',
    '2026-10-20T22:00:00.000Z',
  ]);
  // Ten days: two weeks back, so that they don't overlap.
  expect(compared('2026-11-11T00:00:00Z', '2026-11-21T00:00:00Z', 'week').before).toEqual([
    '2026-10-28T00:00:00.000Z',
    '2026-11-07T00:00:00.000Z',
  ]);
});

it('an average is of as many days right before as the option says', () => {
  expect(compared('2026-11-11T00:00:00Z', '2026-11-11T06:00:00Z', 'average', 'utc', 3)).toEqual({
    now: ['2026-11-11T00:00:00.000Z', '2026-11-11T06:00:00.000Z'],
    before: ['2026-11-08T00:00:00.000Z', '2026-11-11T00:00:00.000Z'],
    average: true,
  });
});
