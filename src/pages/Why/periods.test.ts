import { beforeOf, limitsOf, pinned, presetOf, PRESETS, readPeriods, writePeriods } from './periods';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const NOON = Date.parse('2026-11-18T12:30:00Z');
const read = (address: string) => readPeriods(new URLSearchParams(address));

beforeEach(() => jest.useFakeTimers({ now: NOON }));
afterEach(() => jest.useRealTimers());

it('without anything in the address are the last seven days and the seven before', () => {
  const periods = read('');
  expect(limitsOf(periods.now)).toEqual({ from: NOON - 7 * DAY, to: NOON });
  expect(beforeOf(periods)).toEqual({ from: NOON - 14 * DAY, to: NOON - 7 * DAY });
  expect(presetOf(periods)?.name).toBe('7d');
});

it.each([
  ['day', '2026-11-17T00:00', '2026-11-18T00:00', '2026-11-16T00:00', '2026-11-17T00:00'],
  ['week', '2026-11-15T00:00', '2026-11-18T12:30', '2026-11-08T00:00', '2026-11-11T12:30'],
  ['month', '2026-11-01T00:00', '2026-11-18T12:30', '2026-10-01T00:00', '2026-10-18T12:30'],
])('preset %s compares the same elapsed part', (name, ...ends) => {
  const periods = PRESETS.find((one) => one.name === name)?.periods ?? read('');
  const [now, before] = [limitsOf(periods.now), beforeOf(periods)];
  const texts = [now.from, now.to, before.from, before.to].map((ms) => new Date(ms).toISOString().slice(0, 16));
  expect(texts).toEqual(ends);
  expect(presetOf(read(writePeriods(new URLSearchParams('at=5&filter=x'), periods).toString()))?.name).toBe(name);
});

it('an average day of a week goes by the address, and with the link that stays', () => {
  const periods = PRESETS.find(({ name }) => name === 'usual')?.periods ?? read('');
  expect(limitsOf(periods.now)).toEqual({ from: Date.parse('2026-11-17'), to: Date.parse('2026-11-18') });
  expect(beforeOf(periods)).toEqual({ from: Date.parse('2026-11-10'), to: Date.parse('2026-11-17') });
  const address = writePeriods(new URLSearchParams(), periods).toString();
  expect(presetOf(read(address))?.name).toBe('usual');
  expect(pinned(read(address)).average).toBe(true);
  expect(writePeriods(new URLSearchParams(address), read('')).has('compare_average')).toBe(false);
});

it('around a clicked bar are that day and the day before', () => {
  const day = Date.parse('2026-11-10T00:00:00Z');
  const { now, before } = read(`at=${day}&from=${NOON - 30 * DAY}&to=${NOON}`);
  expect(now).toEqual({ from: String(day), to: String(day + DAY) });
  expect(before).toEqual({ from: String(day - DAY), to: String(day) });
});

it('around a bar of less than a day are those hours, and the same ones of the day before', () => {
  const at = Date.parse('2026-11-18T09:10:00Z');
  const hour = Date.parse('2026-11-18T09:00:00Z');
  expect(read(`at=${at}&from=now-6h&to=now`)).toEqual({
    now: { from: String(hour), to: String(hour + HOUR) },
    before: { from: String(hour - DAY), to: String(hour + HOUR - DAY) },
  });
  const third = Date.parse('2026-11-17T12:00:00Z');
  expect(read(`at=${third}&from=now-7d&to=now`).now).toEqual({ from: String(third), to: String(third + 3 * HOUR) });
});

it('are pinned to the moment for a link', () => {
  expect(pinned(read('from=now-1d/d&to=now-1d/d'))).toEqual({
    now: { from: String(Date.parse('2026-11-17')), to: String(Date.parse('2026-11-18')) },
    before: { from: String(Date.parse('2026-11-16')), to: String(Date.parse('2026-11-17')) },
  });
});
