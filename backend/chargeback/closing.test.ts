import { monthsToClose } from './closing';

const at = (text: string): number => Date.parse(text);

it.each([
  ['before the day comes nothing is due', '2026-09', '2026-11-02T23:59:59Z', []],
  ['from midnight UTC of the day on', '2026-09', '2026-11-03T00:00:00Z', ['2026-10']],
  ['what was missed is caught up in order', '2025-11', '2026-02-20T00:00:00Z', ['2025-12', '2026-01']],
  ['before the day, what was missed before', '2025-11', '2026-02-02T00:00:00Z', ['2025-12']],
  ['nothing twice', '2026-10', '2026-11-30T00:00:00Z', []],
  ['the first one is the last that is over', null, '2026-01-05T00:00:00Z', ['2025-12']],
  ['on the last days of a long month as well', null, '2026-03-31T23:00:00Z', ['2026-02']],
  ['the first one, before its day', null, '2026-01-01T00:00:00Z', ['2025-11']],
])('%s', (_, last, now, months) => {
  expect(monthsToClose(last, 3, at(now))).toEqual(months);
});
