import fc from 'fast-check';
import cases from '../../tests/cases/budget-windows.json';
import { type CalendarPeriod, windowAt, type WindowRule } from './window';

const iso = (at: number) => new Date(at).toISOString().replace('.000Z', 'Z');
const at = (text: string) => Date.parse(text);

it.each(cases)('$name', ({ period, time_zone, starts_on, at: instant, window_start, window_end, hours }) => {
  const { start, end } = windowAt(
    { period: period as CalendarPeriod, timeZone: time_zone, startsOn: starts_on },
    at(instant)
  );
  expect([iso(start), iso(end), (end - start) / 3_600_000]).toEqual([window_start, window_end, hours]);
});

it.each([
  [
    'midnight that does not exist',
    'America/Sao_Paulo',
    '2018-11-04T12:00:00Z',
    '2018-11-04T03:00:00Z',
    '2018-11-05T02:00:00Z',
  ],
  [
    'midnight that exists twice',
    'America/Havana',
    '2025-11-02T12:00:00Z',
    '2025-11-02T04:00:00Z',
    '2025-11-03T05:00:00Z',
  ],
  ['the day before it', 'America/Havana', '2025-11-02T03:59:59Z', '2025-11-01T04:00:00Z', '2025-11-02T04:00:00Z'],
  ['a day that was left out', 'Pacific/Apia', '2011-12-30T09:59:59Z', '2011-12-29T10:00:00Z', '2011-12-30T10:00:00Z'],
])('%s', (_, timeZone, instant, start, end) => {
  const window = windowAt({ period: 'day', timeZone }, at(instant));
  expect([iso(window.start), iso(window.end)]).toEqual([start, end]);
});

it('windows hold their instant and follow each other without a gap', () => {
  const rules = fc.record<WindowRule>({
    period: fc.constantFrom<CalendarPeriod>('hour', 'day', 'week', 'month', 'quarter', 'year'),
    timeZone: fc.constantFrom(
      'UTC',
      'Europe/Berlin',
      'America/New_York',
      'Australia/Lord_Howe',
      'Asia/Kolkata',
      'America/Havana',
      'America/Sao_Paulo'
    ),
    startsOn: fc.option(fc.integer({ min: 1, max: 7 })),
  });
  const instants = fc.integer({ min: at('2015-01-01T00:00:00Z'), max: at('2035-01-01T00:00:00Z') });
  fc.assert(
    fc.property(rules, instants, (rule, instant) => {
      const { start, end } = windowAt(rule, instant);
      expect(start).toBeLessThanOrEqual(instant);
      expect(end).toBeGreaterThan(instant);
      expect(windowAt(rule, start)).toEqual({ start, end });
      expect(windowAt(rule, end - 1)).toEqual({ start, end });
      expect(windowAt(rule, end).start).toBe(end);
      expect(windowAt(rule, start - 1).end).toBe(start);
    }),
    { numRuns: 300 }
  );
});
