import { type PricedEvent, usageEvent } from '../../../backend/events/usageEvent';
import { PriceBook } from '../../../backend/pricing/book';
import { price } from '../../../backend/pricing/calculate';
import { parsePriceRow, type StoredPrice } from '../../../backend/pricing/priceRow';
import { spreadHourlyAmounts } from '../../../backend/repricing/hourlySpread';
import { reprice } from '../../../backend/repricing/reprice';
import { addPrices, removePrice } from '../../../backend/storage/prices';
import { storeEvents } from '../../../backend/storage/writer';
import { expectExact, HOUR, openStorage, type Storage } from './support';

const DEPLOYMENT = 'qwen-cpu-deployment';
const now = Date.now();
/** A finished hour, microseconds. */
const START = Math.floor((now * 1000) / HOUR - 5) * HOUR;

function stored(input: object): StoredPrice {
  const parsed = parsePriceRow(input);
  if (!parsed.ok) {
    throw new Error(JSON.stringify(parsed.errors));
  }
  return { ...parsed.row, price_id: `row of ${parsed.row.provider}`, version: 1, origin: 'override' };
}
const hourly = { provider: 'self-hosted', model: '*', deployment: DEPLOYMENT, hourly_amount: '1' };
const book = PriceBook.from([stored(hourly)]);

let next = 0;
function call(offset: number, tokens: number | null, prices = book): PricedEvent {
  const event = usageEvent({
    event_id: `00000000-0000-4000-8000-${String(++next).padStart(12, '0')}`,
    time: START + offset,
    source: 'test',
    tenant: 'acme',
    provider: 'self-hosted',
    model: 'qwen',
    deployment: DEPLOYMENT,
    input_tokens: tokens,
  });
  return { ...event, pricing: price(event, prices) };
}

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  await storage.pool.query('DELETE FROM public.usage_events');
  await storage.pool.query('DELETE FROM public.hourly_spreads');
});

const spread = (prices = book) => spreadHourlyAmounts(storage.pool, prices, { since: 0, now });
async function costs(): Promise<string[]> {
  const { rows } = await storage.pool.query<{ cost: string }>(
    `SELECT other_cost::text AS cost FROM public.usage_events WHERE total_cost = other_cost ORDER BY time`
  );
  return rows.map(({ cost }) => cost);
}

test('an hour is charged once, exactly, by tokens; late calls get their share of the same amount', async () => {
  await storeEvents(storage.pool, [call(1, 1), call(2, 1), call(3, 1)]);
  expect(await spread()).toEqual({ hours: 1, calls: 3 });
  expect(await costs()).toEqual(['333333333334', '333333333333', '333333333333']);
  expect(await spread()).toEqual({ hours: 0, calls: 0 });

  await storeEvents(storage.pool, [call(4, 7)]);
  expect(await spread()).toEqual({ hours: 1, calls: 4 });
  expect(await costs()).toEqual(['100000000000', '100000000000', '100000000000', '700000000000']);
  expect(await spread()).toEqual({ hours: 0, calls: 0 });
  await expectExact(storage.pool);
});

test('two replicas at a time charge it once', async () => {
  await storeEvents(storage.pool, [call(1, 3), call(2, 5)]);
  const done = await Promise.all([spread(), spread()]);
  expect(done.reduce((sum, { calls }) => sum + calls, 0)).toBe(2);
  expect(await costs()).toEqual(['375000000000', '625000000000']);
});

test('the hour that is not over, calls without usage and other deployments are left alone', async () => {
  const running = call(now * 1000 - START, 5);
  const other = { ...call(1, 5), deployment: 'other' };
  await storeEvents(storage.pool, [running, other, call(2, null), call(3, 5)]);
  await spread();
  const { rows } = await storage.pool.query<{ cost: string | null }>(
    'SELECT other_cost::text AS cost FROM public.usage_events ORDER BY time, event_id'
  );
  expect(rows.map(({ cost }) => cost)).toEqual(['0', null, '1000000000000', '0']);
});

test('a price that holds for half of the hour charges half', async () => {
  const from = new Date((START + HOUR / 2) / 1000).toISOString();
  const half = PriceBook.from([stored({ ...hourly, effective_from: from })]);
  await storeEvents(storage.pool, [call(1, 5, half), call(HOUR / 2, 5, half)]);
  await spread(half);
  expect(await costs()).toEqual(['500000000000']);
});

test('a price that was taken out of force charges its calls until then, another one what is left of the hour', async () => {
  const parsed = parsePriceRow(hourly);
  if (!parsed.ok) {
    throw new Error('the row is not right');
  }
  const {
    prices: [first],
  } = await addPrices(storage.pool, [parsed.row], 'test');
  await storeEvents(storage.pool, [call(1, 1, PriceBook.from([first!])), call(2, 3, PriceBook.from([first!]))]);
  await removePrice(storage.pool, first!.price_id, 'test');
  const none = PriceBook.from([]);
  expect(await spread(none)).toEqual({ hours: 1, calls: 2 });
  expect(await costs()).toEqual(['250000000000', '750000000000']);

  // A late call at the next price: the hour is charged already.
  await storeEvents(storage.pool, [call(3, 1)]);
  await spread();
  expect(await costs()).toEqual(['250000000000', '750000000000', '0']);

  // As if the first one had ended in the middle of the hour.
  const half = new Date((START + HOUR / 2) / 1000);
  await storage.pool.query('UPDATE public.prices SET superseded_at = $2 WHERE price_id = $1', [first!.price_id, half]);
  await storage.pool.query('DELETE FROM public.hourly_spreads');
  await spread();
  expect(await costs()).toEqual(['125000000000', '375000000000', '500000000000']);
  expect(await spread()).toEqual({ hours: 0, calls: 0 });
  await expectExact(storage.pool);
});

test('repricing keeps the shares, and a token price keeps its own part', async () => {
  const both = PriceBook.from([stored({ ...hourly, input: '2' })]);
  await storeEvents(storage.pool, [call(1, 1_000_000, both), call(2, 1_000_000, both)]);
  await spread(both);
  const order = { from: START / 1000, to: (START + HOUR) / 1000, filters: [], dryRun: false, by: 'test', why: '' };
  const reply = await reprice(storage.pool, both, order);
  expect(reply).toMatchObject({ events: 2, changed: 0, old_cost: '5', new_cost: '5' });
});
