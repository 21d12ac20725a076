import fc from 'fast-check';
import { DateTime } from 'luxon';
import { WallClock } from './clock';

test.each([
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kathmandu',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Pacific/Apia',
])('%s has the wall clock of luxon at any time since 1970', (zone) => {
  const clock = new WallClock(zone);
  fc.assert(
    fc.property(fc.integer({ min: 86_400_000, max: 4_000_000_000_000 }), (milliseconds) => {
      const { hour, minute } = DateTime.fromMillis(milliseconds, { zone });
      expect(clock.minuteOfDay(milliseconds * 1000)).toBe(hour * 60 + minute);
    })
  );
});
