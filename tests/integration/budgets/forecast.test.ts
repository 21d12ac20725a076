import { findBudget } from '../../../backend/budgets/store';
import { windowAt } from '../../../backend/budgets/window';
import { forecastBudget, projectBudgets } from '../../../backend/forecast/budgets';
import { storeEvents } from '../../../backend/storage/writer';
import { openStorage, type Storage } from '../storage/support';
import { call, make } from './support';

const DAY_MS = 86_400_000;
let storage: Storage;

beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  await storage.pool.query('TRUNCATE public.usage_events, public.rollup_dirty');
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
});

/** Calls of so many USD on past days, at noon (UTC); 1 is yesterday. */
const spend = (usd: number, days: readonly number[]) => {
  const noon = Math.floor(Date.now() / DAY_MS) * DAY_MS + DAY_MS / 2;
  return storeEvents(
    storage.pool,
    days.map((ago) => call(usd, { time: (noon - ago * DAY_MS) * 1000 }))
  );
};
const past = (days: number) => Array.from({ length: days }, (_, i) => i + 1);

interface Projected {
  projected_end: string | null;
  projected_ratio: number | null;
  projected_low: string | null;
  projected_high: string | null;
  spent: string;
}
const status = async () =>
  (
    await storage.pool.query<Projected>(
      'SELECT projected_end, projected_ratio, projected_low, projected_high, spent FROM public.budget_status'
    )
  ).rows[0]!;
const forecast = async (id: string) => forecastBudget(storage.pool, (await findBudget(storage.pool, id))!);
const usd = (pico: string | null) => Number(pico) / 1e12;

test('too early: nothing is expected, and everybody says so', async () => {
  const { budget_id: id } = await make(storage.pool, {});
  expect(await projectBudgets(storage.pool)).toBe(0);
  await spend(4, [0, 1]);
  expect(await projectBudgets(storage.pool)).toBe(0);
  expect(await status()).toMatchObject({
    projected_end: null,
    projected_ratio: null,
    projected_low: null,
    projected_high: null,
  });
  expect(await forecast(id)).toMatchObject({ too_early: true, projected_end: null, low: null, high: null, path: [] });
});

test('a steady past goes on until the reset, in the view as in the API, and is renewed only when it is old', async () => {
  const { budget_id: id } = await make(storage.pool, { amount: '20' });
  await spend(1, past(45));
  const now = Date.now();
  expect(await projectBudgets(storage.pool, now)).toBe(1);
  expect(await projectBudgets(storage.pool, now + 60_000)).toBe(0);
  const { end } = windowAt({ period: 'month', timeZone: 'UTC' }, now);
  const row = await status();
  const expected = usd(row.spent) + (end - now) / DAY_MS;
  expect(usd(row.projected_end)).toBeCloseTo(expected, 1);
  expect(row.projected_ratio).toBeCloseTo(expected / 20, 2);
  expect(usd(row.projected_low)).toBeLessThanOrEqual(usd(row.projected_end));
  expect(usd(row.projected_high)).toBeGreaterThanOrEqual(usd(row.projected_end));
  const { projected_end: told, back_test_error: error, path, method, days, crossings } = await forecast(id);
  expect(told).toBeCloseTo(expected, 1);
  expect([error, method, days]).toEqual([expect.closeTo(0, 1), 'thirty_day_trend', 45]);
  expect(path.at(-1)!.time).toBe(new Date(end).toISOString());
  expect(crossings.map(({ threshold }) => threshold)).toEqual([0.8, 1]);
  // Days go by without a call: what is expected goes down, but never below what is spent.
  await storage.pool.query('UPDATE public.budget_projections SET low = 0, expected = 0, high = 0');
  expect(await status()).toMatchObject({ projected_end: row.spent, projected_low: row.spent });
});

test('a sparse past is projected with an error and a range that say how little it is worth', async () => {
  const { budget_id: id } = await make(storage.pool, { period: 'week' });
  await spend(5, [3, 17, 33, 38]);
  const { too_early: early, back_test_error: error, projected_end: end, low, high } = await forecast(id);
  expect(early).toBe(false);
  expect(error).toBeGreaterThan(0.5);
  expect([low! <= end!, end! <= high!]).toEqual([true, true]);
});

test('a budget per run, a disabled one and one without calls have no projection', async () => {
  await spend(1, past(20));
  await make(storage.pool, { name: 'run', period: 'run' });
  await make(storage.pool, { name: 'off', enabled: false });
  await make(storage.pool, { name: 'of others', tenant: 'globex' });
  expect(await projectBudgets(storage.pool)).toBe(0);
});
