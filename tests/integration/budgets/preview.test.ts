import { type BudgetInput, reachedAt } from '../../../backend/budgets/budget';
import { updateBudget } from '../../../backend/budgets/manage';
import { previewBudget } from '../../../backend/budgets/preview';
import { budgetWithStanding } from '../../../backend/budgets/status';
import { type CalendarPeriod, windowAt } from '../../../backend/budgets/window';
import type { PricedEvent } from '../../../backend/events/usageEvent';
import { projectBudget, projectBudgets } from '../../../backend/forecast/budgets';
import { storeEvents } from '../../../backend/storage/writer';
import { openStorage, type Storage } from '../storage/support';
import { call, make, rule, USD } from './support';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  await storage.pool.query('TRUNCATE public.usage_events, public.rollup_dirty');
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
});

/** 18:00 UTC of yesterday. */
const evening = () => Math.floor(Date.now() / DAY_MS) * DAY_MS - 6 * HOUR_MS;
const at = (time: number, usd: number | null, more: Partial<PricedEvent> = {}) =>
  call(usd, { time: time * 1000, ...more });
/** A dollar at noon of each of the last days. */
const daily = (days: number, from = evening()) =>
  Array.from({ length: days }, (_, i) => at(from - 6 * HOUR_MS - i * DAY_MS, 1));

/** How often each threshold is crossed in the 30 days before `now`, call by call. */
function counted(events: readonly PricedEvent[], input: Partial<BudgetInput>, now: number): number[] {
  const { amount, thresholds, period, time_zone: timeZone, starts_on: startsOn } = rule(input);
  const since = Math.floor((now - 30 * DAY_MS) / HOUR_MS) * HOUR_MS;
  const spent = new Map<number, bigint>();
  const times = thresholds.map(() => 0);
  for (const { time, pricing } of [...events].sort((a, b) => a.time - b.time)) {
    const cost = pricing.priced ? pricing.total_cost : 0n;
    const { start } = windowAt({ period: period as CalendarPeriod, timeZone, startsOn }, time / 1000);
    const before = spent.get(start) ?? 0n;
    spent.set(start, before + cost);
    thresholds.forEach(({ threshold }, i) => {
      const line = reachedAt(amount, threshold);
      if (time / 1000 >= since && before < line && before + cost >= line) {
        times[i] = times[i]! + 1;
      }
    });
  }
  return times;
}

test('a daily budget of a daily dollar would have fired each day of the last thirty', async () => {
  const now = evening();
  await storeEvents(storage.pool, [...daily(40), at(now - HOUR_MS, null)]);
  const preview = await previewBudget(storage.pool, rule({ period: 'day', amount: '1', thresholds: [0.5, 1, 2] }), now);
  expect(preview.current).toMatchObject({ spent: '1', ratio: 1, state: 'exceeded', calls: 2, unpriced_calls: 1 });
  expect(preview.previous.map(({ spent, calls }) => [spent, calls])).toEqual(Array(6).fill(['1', 1]));
  expect(preview.previous[0]!.window_end).toBe(preview.current!.window_start);
  expect(preview.fired).toEqual([
    { threshold: 0.5, times: 30, last_at: new Date(now - 6 * HOUR_MS).toISOString() },
    { threshold: 1, times: 30, last_at: new Date(now - 6 * HOUR_MS).toISOString() },
    { threshold: 2, times: 0, last_at: null },
  ]);
  expect(preview.forecast).toMatchObject({ too_early: false, crossings: [{ threshold: 0.5 }, { threshold: 1 }, {}] });
});

test.each([
  { period: 'month', amount: '20', thresholds: [0.2, 0.8, 1] },
  { period: 'week', amount: '4', thresholds: [0.5, 1], starts_on: 3, time_zone: 'America/New_York' },
  { period: 'hour', amount: '0.5', thresholds: [0.1, 1], time_zone: 'Europe/Berlin' },
  { period: 'quarter', amount: '60', thresholds: [0.1, 0.5, 1] },
] as const)('what it counts is what the calls say: %j', async ({ thresholds, ...more }) => {
  const now = evening();
  const events = Array.from({ length: 400 }, (_, i) =>
    at(now - ((i * 7_919_113) % 75_000) * 60_000, ((i * 37) % 40) / 100)
  );
  await storeEvents(storage.pool, events);
  const input = { ...more, thresholds: [...thresholds] };
  const { fired } = await previewBudget(storage.pool, rule(input), now);
  const times = fired.map((one) => one.times);
  expect(times).toEqual(counted(events, input, now));
  expect(Math.max(...times)).toBeGreaterThan(0);
});

test('per run it counts runs, the most expensive ones first; without calls it says so', async () => {
  const now = evening();
  const runs = [3, 7, 5].map((usd, i) => at(now - HOUR_MS, usd, { run_id: `run-${i}` }));
  await storeEvents(storage.pool, [...runs, at(now - HOUR_MS, 50), at(now - 40 * DAY_MS, 9, { run_id: 'old' })]);
  const preview = await previewBudget(storage.pool, rule({ period: 'run', amount: '5', thresholds: [0.5, 1] }), now);
  expect(preview).toMatchObject({ current: null, forecast: null });
  expect(preview.runs).toEqual({
    count: 3,
    largest: [
      { run_id: 'run-1', spent: '7', ratio: 1.4 },
      { run_id: 'run-2', spent: '5', ratio: 1 },
      { run_id: 'run-0', spent: '3', ratio: 0.6 },
    ],
  });
  expect(preview.fired).toMatchObject([{ times: 3 }, { times: 2, last_at: new Date(now - HOUR_MS).toISOString() }]);
  const nobody = await previewBudget(storage.pool, rule({ tenant: 'nobody' }), now);
  expect(nobody).toMatchObject({
    current: { spent: '0', state: 'ok' },
    forecast: { too_early: true, crossings: [{}, {}] },
  });
});

describe('what is stored for the screens', () => {
  const rows = async <T extends object>(sql: string) => (await storage.pool.query<T>(sql)).rows;

  test('the line of a budget begins at nothing, ends at what is spent, and goes on to what is expected', async () => {
    await storeEvents(storage.pool, [...daily(50, Date.now() - DAY_MS / 2), at(Date.now() - 60_000, 0.25)]);
    const budget = await make(storage.pool, { period: 'quarter', amount: '5000' });
    expect(await projectBudgets(storage.pool)).toBe(1);
    const points = await rows<{ at: Date; spent: string | null; expected: string | null; limit: string }>(
      'SELECT at, spent::text, expected::text, "limit"::text FROM public.budget_burn_down ORDER BY at, spent'
    );
    const standing = await budgetWithStanding(storage.pool, budget);
    const past = points.filter(({ spent }) => spent !== null).map(({ spent }) => Number(spent) / Number(USD));
    expect(past[0]).toBe(0);
    expect(past).toEqual([...past].sort((a, b) => a - b));
    expect(past.at(-1)).toBe(Number(standing.spent));
    const ahead = points.filter(({ spent }) => spent === null);
    expect(ahead.at(-1)!.at.toISOString()).toBe(standing.window_end);
    expect(Number(ahead.at(-1)!.expected) / Number(USD)).toBeCloseTo(Number(standing.projected_end), 5);
  });

  test('thresholds have the dates of their crossings, until the budget is edited', async () => {
    await storeEvents(storage.pool, daily(50, Date.now() - DAY_MS / 2));
    const { spent } = await budgetWithStanding(storage.pool, await make(storage.pool, { period: 'year' }));
    const amount = String(Math.ceil(Number(spent)) + 2);
    const input = { period: 'year', amount, thresholds: [0.1, 1, 9] } as const;
    const budget = await make(storage.pool, { ...input, thresholds: [...input.thresholds] });
    expect(await projectBudget(storage.pool, budget)).toBe(true);
    const [low, all, far] = (await budgetWithStanding(storage.pool, budget)).crossings;
    expect(low).toMatchObject({ threshold: 0.1, crossed_at: expect.any(String) as string, crosses_at: null });
    const crosses = (Date.parse(all!.crosses_at!) - Date.now()) / DAY_MS;
    // About a dollar a day: two or three days from now, unless the year ends before that.
    expect([all!.crossed_at, Math.round(crosses) >= 1 && crosses < 5]).toEqual([null, true]);
    expect(far).toMatchObject({ crossed_at: null, crosses_at: null });
    const edit = { rule: rule({ period: 'year', amount: '9999' }), by: 'tests', version: null, tenants: null };
    const after = (await updateBudget(storage.pool, budget.budget_id, edit))!;
    const standing = await budgetWithStanding(storage.pool, after);
    expect([standing.projected_end, standing.crossings.map((one) => one.crosses_at)]).toEqual([null, [null, null]]);
  });

  test('the next day, week and month are there with their error, or said to be too early', async () => {
    await storeEvents(storage.pool, daily(50, Date.now() - DAY_MS / 2));
    await make(storage.pool, { name: 'known' });
    await make(storage.pool, { name: 'new', tenant: 'nobody' });
    await projectBudgets(storage.pool);
    const outlook = await rows<{ name: string; horizon: string; expected: string | null; error: number | null }>(
      `SELECT name, horizon, expected::text, back_test_error AS error FROM public.budget_outlook
       WHERE horizon <> 'day' ORDER BY name, horizon DESC`
    );
    expect(outlook).toMatchObject([
      { name: 'known', horizon: 'week' },
      { name: 'known', horizon: 'month' },
      { name: 'new', horizon: 'week', expected: null, error: null },
      { name: 'new', horizon: 'month', expected: null, error: null },
    ]);
    expect(Number(outlook[0]!.expected) / Number(USD)).toBeCloseTo(7, 3);
    expect(outlook[0]!.error).toBeCloseTo(0, 3);
  });
});
