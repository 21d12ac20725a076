import pino from 'pino';
import { closeDueMonths } from '../../backend/chargeback/closing';
import { closings } from '../../backend/chargeback/statement';
import { MissingRate } from '../../backend/chargeback/usage';
import { randomEvents, openStorage, type Storage } from './storage/support';
import { storeEvents } from '../../backend/storage/writer';

const log = pino({ level: 'silent' });
const at = (text: string): number => Date.parse(text);

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
  const [from, to] = [at('2026-01-05T00:00:00Z') * 1000, at('2026-02-20T00:00:00Z') * 1000];
  await storeEvents(storage.pool, randomEvents(20, from, to, 1));
});
afterAll(() => storage.close());

/** When the database was made. */
const installed = (time: string) => storage.pool.query('UPDATE public.schema_migrations SET applied_at = $1', [time]);

const closed = async () => (await closings(storage.pool)).map(({ month, currency }) => `${month} ${currency}`);
const close = (currency: string, now: string) =>
  closeDueMonths(storage.pool, { close_on_day: 3, currency, deliveries: [] }, log, at(now));

it('closes nothing on the first day of an installation, nor before the month of the first usage: history is imported', async () => {
  await installed('2026-03-02T00:00:01Z');
  await close('USD', '2026-03-03T00:00:00Z');
  expect(await closed()).toEqual([]);
  await installed('2025-12-31T00:00:00Z');
  await close('USD', '2026-01-20T00:00:00Z');
  await close('USD', '2026-02-02T00:00:00Z');
  expect(await closed()).toEqual([]);
});

it('closes the months that are due, in their order, by as many collectors as there are', async () => {
  await close('USD', '2026-02-03T00:00:00Z');
  expect(await closed()).toEqual(['2026-01 USD']);
  await Promise.all([close('USD', '2026-03-03T00:00:00Z'), close('USD', '2026-03-03T00:00:00Z')]);
  expect(await closed()).toEqual(['2026-01 USD', '2026-02 USD']);
});

it('leaves a month open for which there is no rate', async () => {
  const events = randomEvents(30, at('2026-03-05T00:00:00Z') * 1000, at('2026-03-06T00:00:00Z') * 1000, 2);
  await storeEvents(storage.pool, events);
  await expect(close('EUR', '2026-04-03T00:00:00Z')).rejects.toThrow(MissingRate);
  expect(await closed()).not.toContain('2026-03 EUR');
});
