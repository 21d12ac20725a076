import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { updateBudget } from '../../../backend/budgets/manage';
import { sampleSpending } from '../../../backend/budgets/samples';
import type { PricedEvent } from '../../../backend/events/usageEvent';
import { updateEvents } from '../../../backend/storage/changes';
import { inTransaction } from '../../../backend/storage/transaction';
import { storeEvents } from '../../../backend/storage/writer';
import { HOUR, openStorage, type Storage } from '../storage/support';
import { call, make, rule } from './support';

interface Rule {
  uid: string;
  data: Array<{ model: { rawSql?: string; conditions?: Array<{ evaluator: { params: [number] } }> } }>;
}

const file = join(__dirname, '../../../provisioning/alerting/cost-rules.yaml');
const { groups } = parse(readFileSync(file, 'utf8')) as { groups: Array<{ rules: Rule[] }> };
const rules = new Map(groups.flatMap((group) => group.rules).map((rule) => [rule.uid.replace('llm_cost_', ''), rule]));

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
});
afterAll(() => storage.close());
beforeEach(async () => {
  await storage.pool.query('TRUNCATE public.usage_events, public.rollup_dirty');
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
});

/** What a rule's query gives. */
const rowsOf = async (name: string) =>
  (await storage.pool.query<Record<string, unknown>>(rules.get(name)!.data[0]!.model.rawSql!)).rows;

/** The rows of a rule that fire, by what tells them apart; every row has one number and labels only. */
async function firing(name: string): Promise<string[]> {
  const condition = rules.get(name)!.data[1]!.model;
  const rows = await rowsOf(name);
  const over = condition.conditions![0]!.evaluator.params[0];
  const labels = ({ value: _, ...rest }: Record<string, unknown>) => JSON.stringify(rest);
  expect(new Set(rows.map(labels)).size).toBe(rows.length);
  rows.forEach((row) => expect(typeof row.value).toBe('number'));
  return rows
    .filter(({ value }) => (value as number) > over)
    .map(({ budget, tenant, threshold, source }) => [budget ?? source ?? tenant, threshold].filter(Boolean).join(' '));
}

/** Start of the current hour (UTC), µs. */
const hour = () => Math.floor((Date.now() * 1000) / HOUR) * HOUR;
const many = (count: number, more: (i: number) => Partial<PricedEvent>) =>
  Array.from({ length: count }, (_, i) => call(0.1, more(i)));

test('a budget fires for each threshold that is reached, and no more after its reset', async () => {
  await make(storage.pool, { name: 'b', thresholds: [0.8, 0.9, 1] });
  await make(storage.pool, { name: 'quiet', tenant: 'globex' });
  await storeEvents(storage.pool, [call(7.99)]);
  expect([await firing('budget_threshold'), await firing('budget_used_up')]).toEqual([[], []]);
  await storeEvents(storage.pool, [call(1.01)]);
  expect(await firing('budget_threshold')).toEqual(['b 80%', 'b 90%']);
  expect(await firing('budget_used_up')).toEqual([]);
  await storeEvents(storage.pool, [call(1)]);
  expect(await firing('budget_used_up')).toEqual(['b 100%']);
  await storage.pool.query('UPDATE public.budget_counters SET spent = 0');
  expect([await firing('budget_threshold'), await firing('budget_used_up')]).toEqual([[], []]);
});

test('whoever a budget names is a label of its alerts, of whatever rule', async () => {
  await make(storage.pool, { name: 'b', alert: { contact_point: 'team-search' } });
  await storeEvents(storage.pool, [call(9)]);
  for (const name of [
    'budget_threshold',
    'budget_used_up',
    'budget_projected',
    'budget_burn_fast',
    'budget_burn_slow',
  ]) {
    const [row] = await rowsOf(name);
    expect(row).toMatchObject({ tenant: 'acme', project: '', budget: 'b', contact_point: 'team-search' });
  }
});

test('an approval that is waited for, until somebody decides or its time is over', async () => {
  const { budget_id: id } = await make(storage.pool, { name: 'b', actions: { 0.8: ['approval'] } });
  await make(storage.pool, { name: 'asks nobody' });
  expect(await firing('approval_waiting')).toEqual([]);
  const wait = `INSERT INTO public.approvals (approval_id, tenant, budget_id, counter_id, request_id, request, amount, state, expires_at)
    SELECT gen_random_uuid(), 'acme', budget_id, counter_id, $2, '{}', 1, 'waiting', now() + $3 * interval '1 hour'
    FROM public.budget_status WHERE budget_id = $1`;
  await storage.pool.query(wait, [id, 'expired', -1]);
  expect(await firing('approval_waiting')).toEqual([]);
  await storage.pool.query(wait, [id, 'mine', 1]);
  expect(await firing('approval_waiting')).toEqual(['b']);
  expect(await rowsOf('approval_waiting')).toEqual([expect.objectContaining({ budget: 'b', value: 1 })]);
  await storage.pool.query("UPDATE public.approvals SET state = 'approved'");
  expect(await firing('approval_waiting')).toEqual([]);
});

test('a projected overrun', async () => {
  await make(storage.pool, { name: 'b' });
  expect(await firing('budget_projected')).toEqual([]);
  await storage.pool.query(`INSERT INTO public.budget_projections (counter_id, low, expected, high, method)
    SELECT counter_id, 8e12, 11e12, 15e12, 'test' FROM public.budget_status`);
  expect(await firing('budget_projected')).toEqual(['b']);
});

test('a runaway fires the fast burn rule within minutes, a slow leak the slow one, history none', async () => {
  await make(storage.pool, { name: 'b', amount: '720', period: 'year' });
  await storeEvents(storage.pool, [call(100)]);
  expect(await sampleSpending(storage.pool)).toBe(1);
  expect([await firing('budget_burn_fast'), await firing('budget_burn_slow')]).toEqual([[], []]);
  // A year's pace is 0.08 USD an hour.
  const earlier = (minutes: number) =>
    storage.pool.query(`UPDATE public.budget_samples SET at = now() - $1 * interval '1 minute'`, [minutes]);
  await earlier(7 * 60);
  await storeEvents(storage.pool, [call(1.6)]);
  expect(await firing('budget_burn_slow')).toEqual(['b']);
  expect(await firing('budget_burn_fast')).toEqual(['b']);
  await storage.pool.query(
    `INSERT INTO public.budget_samples SELECT counter_id, now() - interval '40 minutes', spent FROM public.budget_status`
  );
  expect([await firing('budget_burn_fast'), await firing('budget_burn_slow')]).toEqual([[], []]);
});

test('calls that are told of late, and new prices of old calls, are spent but burn nothing', async () => {
  const budget = await make(storage.pool, { name: 'b', amount: '720', period: 'year', starts_on: 1 });
  expect(await sampleSpending(storage.pool)).toBe(1);
  await storage.pool.query(`UPDATE public.budget_samples SET at = now() - interval '7 hours'`);
  const old = call(100, { time: (Date.now() - 2 * 3_600_000) * 1000 });
  await storeEvents(storage.pool, [old]);
  const spent = async () =>
    (await storage.pool.query('SELECT spent FROM public.budget_status')).rows[0].spent as string;
  expect(await spent()).toBe('100000000000000');
  expect([await firing('budget_burn_fast'), await firing('budget_burn_slow')]).toEqual([[], []]);
  await inTransaction(storage.pool, (client) =>
    updateEvents(client, [{ event_id: old.event_id, time: old.time, changes: { pricing: call(300).pricing } }])
  );
  expect(await spent()).toBe('300000000000000');
  expect(await firing('budget_burn_fast')).toEqual([]);
  // A scope that is edited is summed anew.
  await updateBudget(storage.pool, budget.budget_id, {
    rule: rule({ name: 'b', amount: '720', period: 'year', starts_on: 1, scope: { project: ['none'] } }),
    by: 'tests',
    version: null,
    tenants: null,
  });
  await updateBudget(storage.pool, budget.budget_id, {
    rule: rule({ name: 'b', amount: '720', period: 'year', starts_on: 1 }),
    by: 'tests',
    version: null,
    tenants: null,
  });
  expect(await spent()).toBe('300000000000000');
  expect(await firing('budget_burn_fast')).toEqual([]);
  // What is spent now still burns.
  await storeEvents(storage.pool, [call(5)]);
  expect(await firing('budget_burn_fast')).toEqual(['b']);
});

test('runs: one alert for each threshold, however many passed it', async () => {
  await make(storage.pool, { name: 'b', period: 'run', thresholds: [0.8, 1] });
  await storeEvents(
    storage.pool,
    [8.5, 9, 12, 30].map((usd, i) => call(usd, { run_id: `run-${i}` }))
  );
  expect(await firing('budget_threshold')).toEqual(['b 80%']);
  expect(await firing('budget_used_up')).toEqual(['b 100%']);
  expect(await rowsOf('budget_used_up')).toEqual([expect.objectContaining({ period: 'run', value: 300 })]);
});

test('an hour that costs more than is usual for it', async () => {
  const last = hour() - HOUR + 1;
  const weeks = [1, 2, 3].map((week) => call(2, { time: last - week * 168 * HOUR }));
  await storeEvents(storage.pool, [...weeks, call(2.5, { time: last })]);
  expect(await firing('hourly_spike')).toEqual([]);
  await storeEvents(storage.pool, [call(0.2, { time: last + 5 })]);
  expect(await firing('hourly_spike')).toEqual(['acme']);
});

test('calls that take more tokens, unless there is another release', async () => {
  const tokens = (count: number, age: number, release: string) => () => ({
    time: hour() - age * HOUR,
    input_tokens: count,
    service: 's',
    release,
  });
  await storeEvents(storage.pool, [
    ...many(60, tokens(100, 50, 'a')),
    ...many(60, tokens(120, 3, 'a')),
    ...many(60, tokens(900, 3, 'b')),
  ]);
  expect(await firing('token_inflation')).toEqual([]);
  await storeEvents(storage.pool, many(60, tokens(140, 4, 'a')));
  expect(await firing('token_inflation')).toEqual(['acme']);
});

test('retries, usage without a price, and a source that has gone silent', async () => {
  await storeEvents(
    storage.pool,
    many(40, (i) => ({ attempt: i < 2 ? 2 : 1 }))
  );
  expect([await firing('retry_rate'), await firing('unpriced'), await firing('source_silent')]).toEqual([[], [], []]);
  await storeEvents(storage.pool, [...many(1, () => ({ attempt: 3 })), call(null)]);
  expect([await firing('retry_rate'), await firing('unpriced')]).toEqual([['acme'], ['acme']]);
  await storeEvents(
    storage.pool,
    many(30, (i) => ({ time: hour() - (i + 5) * HOUR, source: 'gone' }))
  );
  expect(await firing('source_silent')).toEqual(['gone']);
});
