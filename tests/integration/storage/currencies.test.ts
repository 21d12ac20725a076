import { listRates, setRates } from '../../../backend/storage/currencies';
import { createPool } from '../../../backend/storage/pool';
import { openStorage, type Storage } from './support';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
}, 120_000);
afterAll(() => storage.close());

const eur = (date: string, rate: string) => ({ date, currency: 'EUR', rate, source: 'ECB' });

test('the reader gets the rate of the day, or of the last day before it that has one', async () => {
  await setRates(storage.pool, [eur('2026-01-02', '0.85'), eur('2026-01-05', '0.862512345678901')], 'test');
  const reader = createPool({ url: storage.readerUrl, max: 1 });
  const { rows } = await reader.query<{ rate: string | null }>(
    `SELECT public.currency_rate_on(currency, day::date)::text AS rate FROM (VALUES (1, 'EUR', '2026-01-01'),
       (2, 'EUR', '2026-01-04'), (3, 'EUR', '2026-01-05'), (4, 'EUR', '2030-01-01'), (5, 'USD', '2000-01-01'),
       (6, 'CHF', '2026-01-05')) AS asked (place, currency, day) ORDER BY place`
  );
  await reader.end();
  expect(rows.map(({ rate }) => rate)).toEqual([null, '0.85', '0.862512345678901', '0.862512345678901', '1', null]);
});

test('a rate of the same day takes the place of the former', async () => {
  await setRates(storage.pool, [eur('2026-02-02', '0.9')], 'test');
  await setRates(storage.pool, [eur('2026-02-02', '0.91')], 'test');
  expect(await listRates(storage.pool, 'EUR', 1)).toEqual([eur('2026-02-02', '0.91')]);
});
