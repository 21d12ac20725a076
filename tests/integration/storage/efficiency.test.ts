import { randomUUID } from 'node:crypto';
import { type PricedEvent, usageEvent } from '../../../backend/events/usageEvent';
import { storeEvents } from '../../../backend/storage/writer';
import { DAY, HOUR, now, openStorage, type Storage } from './support';

/** What the Efficiency dashboard asks of the database beyond the cost query, with figures computed by hand. */
const TODAY = Math.floor(now() / DAY) * DAY;
const at = (time: number): string => new Date(time / 1000).toISOString();

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());

const calls = (count: number, time: number, fields: Partial<PricedEvent>, cost = 1_000_000n): PricedEvent[] =>
  Array.from({ length: count }, () => ({
    ...usageEvent({ event_id: randomUUID(), time, source: 'test' }),
    tenant: 'acme',
    ...fields,
    pricing: {
      priced: true,
      price_id: 'p',
      price_version: 1,
      input_cost: cost,
      cache_read_cost: 0n,
      cache_write_cost: 0n,
      output_cost: 0n,
      reasoning_cost: 0n,
      other_cost: 0n,
      total_cost: cost,
      cache_savings: 0n,
    },
  }));

test('token inflation: of prompt and completion, and what happened within one and the same release', async () => {
  const before = TODAY - 5 * DAY;
  const recent = TODAY - 2 * DAY;
  await storeEvents(storage.pool, [
    // The release 2 brought longer prompts; release 1 itself grew by a tenth.
    ...calls(100, before, { service: 's', feature: 'f', release: '1', input_tokens: 1_000, output_tokens: 100 }),
    ...calls(50, recent, { service: 's', feature: 'f', release: '1', input_tokens: 1_110, output_tokens: 100 }),
    ...calls(50, recent, { service: 's', feature: 'f', release: '2', input_tokens: 2_000, output_tokens: 50 }),
    // Too few to be a baseline.
    ...calls(49, before, { service: 's', feature: 'rare', release: '1', input_tokens: 1, output_tokens: 1 }),
    ...calls(90, recent, { service: 's', feature: 'rare', release: '1', input_tokens: 100, output_tokens: 1 }),
  ]);
  const { rows } = await storage.pool.query<Record<string, unknown>>(
    `SELECT feature, calls_before::float8, calls::float8, tokens_before, tokens, growth, prompt_growth, completion_growth,
       unexplained_growth FROM public.token_inflation($1, $2, ARRAY['acme'])`,
    [at(TODAY - 3 * DAY), at(TODAY)]
  );
  expect(rows).toHaveLength(1);
  expect(rows[0]).toEqual({
    feature: 'f',
    calls_before: 100,
    calls: 100,
    tokens_before: 1_100,
    // (50 × 1,210 + 50 × 2,050) ÷ 100
    tokens: 1_630,
    growth: expect.closeTo(1_630 / 1_100 - 1, 12),
    prompt_growth: expect.closeTo(1_555 / 1_000 - 1, 12),
    completion_growth: expect.closeTo(75 / 100 - 1, 12),
    // 1,210 ÷ 1,100 − 1: release 2 explains the rest.
    unexplained_growth: expect.closeTo(0.1, 12),
  });
  const others = await storage.pool.query(`SELECT * FROM public.token_inflation($1, $2, ARRAY['globex'])`, [
    at(TODAY - 3 * DAY),
    at(TODAY),
  ]);
  expect(others.rows).toEqual([]);
});

test('daily spend: against the seven days before, and against the day’s part of the budget', async () => {
  const usd = 1_000_000_000_000n;
  const days = [10, 9, 8, 7, 6, 5, 4, 3].map((ago, i) =>
    calls(1, TODAY - ago * DAY + HOUR, { tenant: 'daily' }, i === 7 ? 15n * usd : 10n * usd)
  );
  await storeEvents(storage.pool, days.flat());
  const spend = () =>
    storage.pool.query<{
      cost: string;
      usual: string;
      variance: number;
      planned: string | null;
      consumption: number | null;
    }>(
      `SELECT (cost / 1e12)::float8::text AS cost, (usual / 1e12)::float8::text AS usual, variance,
         (planned / 1e12)::float8::text AS planned, consumption
       FROM public.daily_spend($1, $2, 'UTC', ARRAY['daily'])`,
      [at(TODAY - 3 * DAY), at(TODAY - 2 * DAY)]
    );
  expect((await spend()).rows).toEqual([{ cost: '15', usual: '10', variance: 0.5, planned: null, consumption: null }]);
  // Four days ago there was no whole week of usage before it, five days ago neither.
  const early = await storage.pool.query<{ variance: number | null }>(
    `SELECT variance FROM public.daily_spend($1, $2, 'UTC', ARRAY['daily'])`,
    [at(TODAY - 5 * DAY), at(TODAY - 2 * DAY)]
  );
  expect(early.rows.map(({ variance }) => variance)).toEqual([null, null, 0.5]);
  const { rows } = await storage.pool.query<{ budget_id: string }>(
    `INSERT INTO public.budgets (name, tenant, scope, amount, currency, period, time_zone, hard, on_unavailable, enabled, origin,
       created_by, updated_by)
     VALUES ('b', 'daily', '{}', $1, 'USD', 'week', 'UTC', false, 'allow', true, 'api', 't', 't') RETURNING budget_id`,
    [String(140n * usd)]
  );
  await storage.pool.query(
    `INSERT INTO public.budget_counters (budget_id, window_start, window_end)
     VALUES ($1, date_trunc('week', now(), 'UTC'), date_trunc('week', now(), 'UTC') + interval '7 days')`,
    [rows[0]!.budget_id]
  );
  // 140 a week are 20 a day, of which 15 were spent.
  expect((await spend()).rows).toEqual([{ cost: '15', usual: '10', variance: 0.5, planned: '20', consumption: 0.75 }]);
});
