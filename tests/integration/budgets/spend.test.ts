import type { BudgetInput } from '../../../backend/budgets/budget';
import type { PricedEvent } from '../../../backend/events/usageEvent';
import { deleteBudget, rebuildBudgets, updateBudget } from '../../../backend/budgets/manage';
import { standingAt, standings } from '../../../backend/budgets/status';
import { deleteEvents, updateEvents } from '../../../backend/storage/changes';
import { refreshRollups } from '../../../backend/storage/rollups';
import { inTransaction } from '../../../backend/storage/transaction';
import { storeEvents } from '../../../backend/storage/writer';
import { DAY, HOUR, now, openStorage, randomCosts, randomEvents, type Storage } from '../storage/support';
import { call, make, rule, USD } from './support';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  await storage.pool.query('TRUNCATE public.usage_events, public.rollup_dirty');
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
});

const standing = async (id: string) => (await standings(storage.pool, [id])).get(id)![0]!;

/** Windows whose counter is not the sum over the rows, counted by the database. */
async function differences(): Promise<number> {
  const { rows } = await storage.pool.query<{ wrong: number }>(
    `SELECT count(*)::int AS wrong FROM public.budget_counters counter JOIN public.budgets budget USING (budget_id)
     CROSS JOIN LATERAL (
       SELECT coalesce(sum(total_cost), 0) AS spent, count(*) AS calls, count(*) - count(total_cost) AS unpriced
       FROM public.usage_events event
       WHERE (budget.tenant IS NULL OR event.tenant = budget.tenant)
         AND time >= window_start AND time < window_end AND (counter.run_id = '' OR event.run_id = counter.run_id)
         AND NOT EXISTS (SELECT FROM jsonb_each(budget.scope) one (name, list)
           WHERE NOT coalesce(list ? coalesce(to_jsonb(event) ->> name, event.tags ->> substr(name, 6)), false))) sums
     WHERE counter.window_start < now() + interval '1 hour' AND
       (counter.spent, counter.calls, counter.unpriced_calls) IS DISTINCT FROM (sums.spent, sums.calls, sums.unpriced)`
  );
  return rows[0]!.wrong;
}

test('spend follows calls that come, come late, change price and go, and equals a rebuild at every step', async () => {
  const { pool } = storage;
  const before = randomEvents(300, now() - 2 * DAY, now(), 1);
  await storeEvents(pool, before);
  const inputs: Array<Partial<BudgetInput>> = [
    { name: 'organisation', tenant: 'tenant-0', period: 'month' as const, time_zone: 'Asia/Kolkata' },
    { name: 'everything', tenant: null, period: 'day' as const },
    {
      name: 'agent',
      tenant: 'tenant-1',
      scope: { agent: ['agent-0'] },
      period: 'day' as const,
      time_zone: 'America/New_York',
    },
    {
      name: 'some',
      tenant: null,
      scope: { model: ['model-0'], user_id: ['user-1', 'user-2'] },
      period: 'hour' as const,
    },
    { name: 'tagged', tenant: null, scope: { 'tags.key': ['value-1'] }, period: 'year' as const },
    { name: 'runs', tenant: 'tenant-0', period: 'run' as const },
  ];
  for (const input of inputs) {
    await make(pool, input);
  }
  expect(await differences()).toBe(0);

  const recent = randomEvents(400, now() - 12 * HOUR, now(), 2);
  await storeEvents(pool, recent);
  await storeEvents(pool, randomEvents(40, now() - 40 * DAY, now() - 3 * DAY, 3));
  await storeEvents(pool, recent.slice(0, 100));
  expect(await differences()).toBe(0);

  const key = ({ time, event_id }: PricedEvent) => ({ time, event_id });
  await inTransaction(pool, (client) =>
    deleteEvents(client, [...before.slice(0, 50), ...recent.slice(0, 50)].map(key))
  );
  const repriced = recent.slice(50, 150).map((event, i) => ({
    ...key(event),
    changes: {
      pricing:
        i % 5
          ? randomCosts((limit) => (i * 7919) % limit)
          : { priced: false as const, unpriced_reason: 'unknown_model' as const },
    },
  }));
  await inTransaction(pool, (client) => updateEvents(client, repriced));
  const moved = recent
    .slice(150, 250)
    .map((event) => ({ ...key(event), changes: { agent: 'agent-0', run_id: 'run-9' } }));
  await inTransaction(pool, (client) => updateEvents(client, moved));
  expect(await differences()).toBe(0);

  await refreshRollups(pool, { quietMs: 0 });
  const rebuilt = await rebuildBudgets(pool, null);
  expect(rebuilt).toHaveLength(6);
  expect(rebuilt.flatMap(({ corrections }) => corrections)).toEqual([]);
});

test('a rebuild corrects what is wrong, and says so', async () => {
  const budget = await make(storage.pool, {});
  await storeEvents(storage.pool, [call(1), call(2), call(null)]);
  await storage.pool.query('UPDATE public.budget_counters SET spent = 7, calls = 7 WHERE window_start <= now()');
  const [rebuilt] = await rebuildBudgets(storage.pool, null);
  expect(rebuilt!.corrections).toEqual([
    expect.objectContaining({ after: { spent: 3n * USD, calls: 3n, unpriced_calls: 1n } }),
  ]);
  expect(await standing(budget.budget_id)).toMatchObject({ spent: '3', calls: 3, unpriced_calls: 1, remaining: '7' });
});

test('writers that work at the same time lose nothing', async () => {
  const { pool } = storage;
  const budget = await make(pool, { amount: '1000' });
  await make(pool, { period: 'run', amount: '1000' });
  const events = Array.from({ length: 120 }, (_, i) => call(0.01, { run_id: `run-${i % 7}` }));
  const parts = Array.from({ length: 12 }, (_, i) => events.slice(i * 10, i * 10 + 10));
  const work = async (part: PricedEvent[], i: number) => {
    await storeEvents(pool, part);
    if (i % 3 === 0) {
      await inTransaction(pool, (client) => deleteEvents(client, part.slice(0, 5)));
      return;
    }
    const changes = part.map(({ time, event_id }) => ({ time, event_id, changes: { pricing: call(0.02).pricing } }));
    await Promise.all([
      inTransaction(pool, (client) => updateEvents(client, changes)),
      inTransaction(pool, (client) => deleteEvents(client, part.slice(0, 2))),
    ]);
  };
  // Not more at a time than there are connections: on a slow machine waiting for one would take too long.
  const queue = parts.entries();
  const worker = async () => {
    for (const [i, part] of queue) {
      await work(part, i);
    }
  };
  await Promise.all([worker(), worker(), worker()]);
  expect(await differences()).toBe(0);
  expect((await standing(budget.budget_id)).calls).toBe(4 * 5 + 8 * 8);
});

test('the view says how a budget stands, and the same in a window of the past', async () => {
  const { pool } = storage;
  const plain = await make(pool, { name: 'plain', thresholds: [0.5, 1] });
  const block = await make(pool, { name: 'block', thresholds: [0.5, 1], actions: { 0.5: ['block'] } });
  const approval = await make(pool, {
    name: 'approval',
    thresholds: [0.5, 1],
    actions: { 0.5: ['notify', 'approval'] },
  });
  const hard = await make(pool, { name: 'hard', hard: true });
  const hardApproval = await make(pool, { name: 'both', hard: true, thresholds: [1], actions: { 1: ['approval'] } });
  const all = [plain, block, approval, hard, hardApproval];
  const states = async () => {
    const now = await Promise.all(all.map(async ({ budget_id: id }) => (await standing(id)).state));
    const at = await Promise.all(all.map(async (budget) => (await standingAt(pool, budget, Date.now())).state));
    expect(at).toEqual(now);
    return now;
  };
  await storeEvents(pool, [call(4.999999)]);
  expect(await states()).toEqual(['ok', 'ok', 'ok', 'ok', 'ok']);
  await storeEvents(pool, [call(0.000001)]);
  expect(await states()).toEqual(['warning', 'blocked', 'needs_approval', 'ok', 'ok']);
  await storeEvents(pool, [call(5)]);
  expect(await states()).toEqual(['exceeded', 'blocked', 'needs_approval', 'blocked', 'needs_approval']);
  expect(await standing(plain.budget_id)).toMatchObject({
    ratio: 1,
    threshold_reached: 1,
    remaining: '0',
    limit: '10',
  });
  const yesterday = await standingAt(pool, await make(pool, { name: 'day', period: 'day' }), Date.now() - 86_400_000);
  expect(yesterday).toMatchObject({ spent: '0', state: 'ok', calls: 0 });
});

test('a crossing is recorded once per window and threshold, and armed again by a higher amount and by the reset', async () => {
  const { pool } = storage;
  const input = {
    name: 'crossed',
    webhook_url: 'http://127.0.0.1:9/',
    thresholds: [0.8, 1],
    actions: { 0.8: ['webhook' as const] },
  };
  const { budget_id: id } = await make(pool, input);
  const crossings = async () => {
    const { rows } = await pool.query<{ line: string; at: string }>(
      `SELECT threshold::text || CASE WHEN armed_again_at IS NULL THEN '' ELSE ' armed again' END AS line
       FROM public.budget_crossings WHERE budget_id = $1 ORDER BY crossing_id`,
      [id]
    );
    return rows.map(({ line }) => line);
  };
  const waiting = async () =>
    (await pool.query('SELECT payload FROM public.budget_outbox WHERE budget_id = $1 ORDER BY created_at', [id])).rows;
  await storeEvents(pool, [call(7.99)]);
  expect(await crossings()).toEqual([]);
  await storeEvents(pool, [call(0.01)]);
  await storeEvents(pool, [call(0.01)]);
  expect(await crossings()).toEqual(['0.8']);
  expect(await waiting()).toEqual([
    {
      payload: expect.objectContaining({ budget: 'crossed', spent: '8', limit: '10', threshold: 0.8, tenant: 'acme' }),
    },
  ]);
  await storeEvents(pool, [call(5)]);
  expect(await crossings()).toEqual(['0.8', '1']);
  const edit = { by: 'tests', version: null, tenants: null };
  await updateBudget(pool, id, { ...edit, rule: rule({ ...input, amount: '20' }) });
  expect(await crossings()).toEqual(['0.8 armed again', '1 armed again']);
  await storeEvents(pool, [call(4)]);
  expect(await crossings()).toEqual(['0.8 armed again', '1 armed again', '0.8']);
  expect(await waiting()).toHaveLength(2);
  // The next window: as the clock would, for the counter of the current one has ended.
  await pool.query(
    `UPDATE public.budget_counters SET window_start = window_start - interval '1 year',
    window_end = window_end - interval '1 year' WHERE budget_id = $1`,
    [id]
  );
  await updateBudget(pool, id, { ...edit, rule: rule({ ...input, amount: '18' }) });
  expect((await crossings()).filter((line) => !line.includes('armed'))).toEqual(['0.8', '0.8']);
});

test('an edit of the scope or the period counts anew; a removed budget is not counted any more', async () => {
  const { pool } = storage;
  const { budget_id: id } = await make(pool, { scope: { team: ['a'] } });
  await storeEvents(pool, [call(1, { team: 'a' }), call(2, { team: 'b' })]);
  expect((await standing(id)).spent).toBe('1');
  const edit = { by: 'tests', version: null, tenants: null };
  await updateBudget(pool, id, { ...edit, rule: rule({ scope: { team: ['b'] } }) });
  expect((await standing(id)).spent).toBe('2');
  await updateBudget(pool, id, { ...edit, rule: rule({ period: 'run' }) });
  await storeEvents(pool, [call(3, { run_id: 'r' })]);
  expect(await standing(id)).toMatchObject({ run_id: 'r', spent: '3', window_start: null });
  await updateBudget(pool, id, { ...edit, rule: rule({ period: 'year' }) });
  expect((await standing(id)).spent).toBe('6');
  expect(await differences()).toBe(0);
  expect(await deleteBudget(pool, id, 'tests', null)).toBe(true);
  await storeEvents(pool, [call(3)]);
  expect((await standings(pool, [id])).size).toBe(0);
});

test("Grafana's login reads the view, and not where webhooks go", async () => {
  const { createPool } = await import('../../../backend/storage/pool');
  const reader = createPool({ url: storage.readerUrl, name: 'reader', max: 1 });
  try {
    await make(storage.pool, {});
    const { rows } = await reader.query<{ state: string }>('SELECT state FROM public.budget_status');
    expect(rows).toEqual([{ state: 'ok' }]);
    await expect(reader.query('SELECT count(*) FROM public.budget_threshold_status')).resolves.toBeDefined();
    await expect(reader.query('SELECT webhook_url FROM public.budgets')).rejects.toThrow(/permission denied/);
  } finally {
    await reader.end();
  }
});
