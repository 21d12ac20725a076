import { timeWindow, WINDOWS, type WindowName } from './windows';

const stretch = (name: WindowName, now: string, zone: string) => {
  const range = { from: Date.parse('2026-11-10T00:00:00Z'), to: Date.parse('2026-11-12T00:00:00Z') };
  const { from, to, end } = timeWindow(name).stretch({ range, now: Date.parse(now), zone });
  return [from, to, end].map((ms) => new Date(ms).toISOString());
};

it('the panel has its own range', () => {
  expect(stretch('panel', '2026-11-22T12:00:00Z', 'UTC')).toEqual([
    '2026-11-10T00:00:00.000Z',
    '2026-11-12T00:00:00.000Z',
    '2026-11-12T00:00:00.000Z',
  ]);
});

it('the previous period is as long and ends where the range begins', () => {
  expect(stretch('previous', '2026-11-22T12:00:00Z', 'UTC').slice(0, 2)).toEqual([
    '2026-11-08T00:00:00.000Z',
    '2026-11-10T00:00:00.000Z',
  ]);
});

it("today begins at midnight of the dashboard's zone", () => {
  expect(stretch('today', '2026-11-22T12:00:00Z', 'America/New_York')).toEqual([
    '2026-11-22T05:00:00.000Z',
    '2026-11-22T12:00:00.000Z',
    '2026-11-23T05:00:00.000Z',
  ]);
});

it('a day on which clocks change has 25 hours', () => {
  const [from, , end] = stretch('today', '2026-10-25T12:00:00Z', 'Europe/Berlin');
  expect(Date.parse(end) - Date.parse(from)).toBe(25 * 3_600_000);
});

it('yesterday is compared up to the same time of the clock, also when clocks changed in between', () => {
  expect(stretch('yesterday_so_far', '2026-10-25T12:00:00Z', 'Europe/Berlin').slice(0, 2)).toEqual([
    '2026-10-23T22:00:00.000Z',
    '2026-10-24T11:00:00.000Z',
  ]);
});

it('the month and its end are those of the zone', () => {
  expect(stretch('month_to_date', '2026-11-22T12:00:00Z', 'Asia/Kolkata')).toEqual([
    '2026-10-31T18:30:00.000Z',
    '2026-11-22T12:00:00.000Z',
    '2026-11-30T18:30:00.000Z',
  ]);
});

it('last month ends on its last day when this day is not in it', () => {
  expect(stretch('last_month_so_far', '2026-03-31T12:00:00Z', 'UTC').slice(0, 2)).toEqual([
    '2026-02-01T00:00:00.000Z',
    '2026-02-28T12:00:00.000Z',
  ]);
});

it('is never empty, not even at midnight', () => {
  const [from, to] = stretch('today', '2026-11-22T00:00:00Z', 'UTC');
  expect(Date.parse(to)).toBeGreaterThan(Date.parse(from));
});

it.each(WINDOWS.map(({ name }) => name))(
  '%s has SQL for its ends, with no macro inside of parentheses of a macro',
  (name) => {
    const { from, to, end } = timeWindow(name).sql("Nowhere/O'Hara");
    for (const sql of [from, to, end]) {
      expect(sql).not.toMatch(/\$__\w+\([^)]/);
      expect(sql.replace(/''/g, '').split("'").length % 2).toBe(1);
    }
  }
);

it('names the known windows when it is asked for another', () => {
  expect(() => timeWindow('tomorrow')).toThrow(/unknown time window "tomorrow".*today/);
});
