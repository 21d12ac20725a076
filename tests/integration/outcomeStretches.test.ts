import { randomUUID } from 'node:crypto';
import { refreshOutcomes, Stretch } from '../../backend/outcomes/job';
import type { PricedEvent } from '../../backend/events/usageEvent';
import { storeEvents } from '../../backend/storage/writer';
import { randomNumbers } from '../bench/events';
import { call } from './budgets/support';
import { openStorage, type Storage } from './storage/support';

const MINUTE = 60_000_000;
const FAILED: readonly string[] = ['error', 'timeout', 'rate_limited'];

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());

/** Calls of the last 70 minutes, in few runs, steps and prompts, many of them failed. */
function randomCalls(count: number): PricedEvent[] {
  const next = randomNumbers(7);
  const one = <T>(...values: T[]): T => values[Math.floor(next() * values.length)]!;
  const now = Date.now() * 1000;
  return Array.from({ length: count }, () => ({
    ...call(0.01),
    time: Math.round(now - next() * 70 * MINUTE),
    tenant: one('acme', 'globex'),
    run_id: one(null, 'r1', 'r2', 'r3'),
    agent: one(null, 'a'),
    tool: one(null, 't'),
    status: one('ok', 'ok', 'error', 'timeout', 'rate_limited', 'cancelled'),
    finish_reason: one(null, 'stop', 'length', 'Content-Filter'),
    attempt: one(1, 1, 1, 2),
    duration_ms: one(null, 10, 60_000),
    tags: one<Record<string, string> | null>(null, null, { prompt_hash: 'p1' }, { prompt_hash: 'p2' }),
  }));
}

/** The calls that come next in their chain after a failure, within ten minutes, where nobody counts attempts. */
function repeatedOf(calls: readonly PricedEvent[]): Set<string> {
  const repeated = new Set<string>();
  const chains = [
    ({ tenant, run_id, agent, tool }: PricedEvent) => run_id && [tenant, run_id, agent, tool].join(),
    ({ tenant, tags }: PricedEvent) => tags?.prompt_hash && [tenant, tags.prompt_hash].join(),
  ];
  const inOrder = [...calls].sort((a, b) => a.time - b.time);
  for (const chainOf of chains) {
    const latest = new Map<string, PricedEvent>();
    for (const event of inOrder) {
      const chain = chainOf(event);
      if (!chain) {
        continue;
      }
      const before = latest.get(chain);
      const started = event.time - (event.duration_ms ?? 0) * 1000;
      if (
        before?.attempt === 1 &&
        event.attempt === 1 &&
        FAILED.includes(before.status) &&
        started >= before.time &&
        started < before.time + 10 * MINUTE
      ) {
        repeated.add(event.event_id);
      }
      latest.set(chain, event);
    }
  }
  return repeated;
}

async function outcomes(): Promise<string[]> {
  const { rows } = await storage.pool.query<{ row: string }>(
    'SELECT (outcome.*)::text AS row FROM public.call_outcomes outcome ORDER BY event_id'
  );
  return rows.map(({ row }) => row);
}

test('short stretches find what one look at everything finds: retries, rejected answers and what feedback says', async () => {
  const { pool } = storage;
  const calls = randomCalls(600);
  await storeEvents(pool, calls);
  await pool.query(
    `WITH made AS (INSERT INTO public.feedback (tenant, target_kind, target, time, success, source, by, looked)
       VALUES ('acme', 'run', 'r1', now(), false, 'test', 'test', true),
         ('', 'call', $1, now(), true, 'test', 'test', true) RETURNING feedback_id, target_kind, target)
     INSERT INTO public.feedback_keys (kind, key, feedback_id)
     SELECT CASE target_kind WHEN 'run' THEN 'run' ELSE 'event' END, target, feedback_id FROM made`,
    [calls[0]!.event_id]
  );
  const stretch = new Stretch();
  stretch.ms = 5 * 60_000;
  await refreshOutcomes(pool, stretch);
  const inStretches = await outcomes();

  await pool.query('TRUNCATE public.call_outcomes');
  await pool.query("SELECT public.refresh_outcomes(now() - interval '3 hours', now() + interval '1 day')");
  expect(inStretches).toEqual(await outcomes());

  const { rows } = await pool.query<{ event_id: string; decided_by: string; retries_change: number; success: boolean }>(
    'SELECT event_id, decided_by, retries_change, success FROM public.call_outcomes'
  );
  const repeated = rows.filter(({ retries_change: change }) => change === 1).map(({ event_id: id }) => id);
  const expected = repeatedOf(calls);
  expect(expected.size).toBeGreaterThan(10);
  expect(repeated.sort()).toEqual([...expected].sort());
  const spoken = (event: PricedEvent): boolean =>
    event === calls[0] || (event.tenant === 'acme' && event.run_id === 'r1');
  const judged = rows.filter(({ decided_by: by }) => by === 'feedback').map(({ event_id: id }) => id);
  expect(judged.sort()).toEqual(calls.flatMap((event) => (spoken(event) ? [event.event_id] : [])).sort());
  const rejected = calls.filter(
    (event) => event.status === 'ok' && ['length', 'Content-Filter'].includes(event.finish_reason ?? '')
  );
  const byRule = rows.filter(({ decided_by: by }) => by === 'rule').map(({ event_id: id }) => id);
  expect(byRule.sort()).toEqual(rejected.flatMap((event) => (spoken(event) ? [] : [event.event_id])).sort());
});

test('how far it came is kept with each stretch', async () => {
  const { pool } = storage;
  await pool.query("UPDATE public.outcome_progress SET until = date_trunc('hour', now(), 'UTC') - interval '2 days'");
  await storeEvents(pool, [{ ...call(1), event_id: randomUUID(), time: (Date.now() - 40 * 3_600_000) * 1000 }]);
  let away = false;
  const stretch = Object.assign(new Stretch(), { ms: 20 * 3_600_000, took: () => (away = true) });
  const until = async () =>
    (await pool.query<{ until: Date }>('SELECT until FROM public.outcome_progress')).rows[0]!.until.getTime();
  const before = await until();
  const leaving = new Proxy(pool, {
    get: (target, name) =>
      name === 'connect' && away
        ? () => Promise.reject(new Error('the database is away'))
        : (Reflect.get(target, name) as unknown),
  });
  await expect(refreshOutcomes(leaving, stretch)).rejects.toThrow('the database is away');
  expect(await until()).toBe(before + 20 * 3_600_000);
  const hour = () => Math.floor(Date.now() / 3_600_000) * 3_600_000 - 3_600_000;
  const begun = hour();
  await refreshOutcomes(pool, stretch);
  expect([begun, hour()]).toContain(await until());
});
