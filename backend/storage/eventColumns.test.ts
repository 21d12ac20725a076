import { DIMENSIONS } from '../../src/query/dimensions';
import { type PricedEvent, USAGE_FIELDS, usageEvent } from '../events/usageEvent';
import { EVENT_COLUMNS, timestamp } from './eventColumns';

const ID = '00000000-0000-4000-8000-000000000001';
const unpriced = (known: Partial<PricedEvent>): PricedEvent => ({
  ...usageEvent({ event_id: ID, time: 0, source: 'test' }),
  pricing: { priced: false, unpriced_reason: 'no_usage' },
  ...known,
});

/** The row as text, by column. */
const written = (event: PricedEvent): Record<string, string | null> =>
  Object.fromEntries(EVENT_COLUMNS.map(({ name, text }) => [name, text(event)]));

test.each([
  [0, '1970-01-01T00:00:00.000000Z'],
  [1, '1970-01-01T00:00:00.000001Z'],
  [1_767_225_599_999_999, '2025-12-31T23:59:59.999999Z'],
  [1_767_225_599_000_000, '2025-12-31T23:59:59.000000Z'],
  [-1, '1969-12-31T23:59:59.999999Z'],
])('%d µs is %s', (us, text) => {
  expect(timestamp(us)).toBe(text);
});

test('a time that no date can hold is an error, not another time', () => {
  expect(() => timestamp(Number.MAX_SAFE_INTEGER * 1000)).toThrow(RangeError);
});

test('every field of an event, every usage count and every dimension has a column', () => {
  const names = EVENT_COLUMNS.map(({ name }) => name);
  const fields = Object.keys(unpriced({})).filter((field) => field !== 'pricing');
  expect(names).toEqual(expect.arrayContaining([...fields, ...USAGE_FIELDS, ...DIMENSIONS.map(({ name }) => name)]));
  expect(new Set(names).size).toBe(names.length);
});

test('unknown is NULL, and a text that looks like it is not; tags are JSON', () => {
  const row = written(unpriced({ user_id: '\\N', agent: '', tags: { 'k"': 'v\\' } }));
  expect(row).toMatchObject({ user_id: '\\N', agent: '', team: null, tags: '{"k\\"":"v\\\\"}' });
});

test('an unpriced event has a reason and no cost, not even zero', () => {
  const row = written(unpriced({}));
  expect(row).toMatchObject({ unpriced_reason: 'no_usage', total_cost: null, input_cost: null, price_id: null });
});

test('amounts beyond 2^53 stay exact', () => {
  const cost = 9_007_199_254_740_993n;
  const none = { cache_read_cost: 0n, cache_write_cost: 0n, output_cost: 0n, reasoning_cost: 0n, other_cost: 0n };
  const row = written(
    unpriced({
      reported_cost: cost,
      pricing: {
        priced: true,
        price_id: 'p',
        price_version: 2,
        ...none,
        input_cost: cost,
        total_cost: cost,
        cache_savings: 0n,
      },
    })
  );
  expect(row).toMatchObject({
    input_cost: String(cost),
    reported_cost: String(cost),
    price_version: '2',
    unpriced_reason: null,
  });
});
