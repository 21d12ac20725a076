import { randomUUID } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import type { Authorization } from '../../../backend/budgets/authorize/authorization';
import { Gate } from '../../../backend/budgets/authorize/gate';
import { authorizeSchema, toAsk } from '../../../backend/budgets/authorize/request';
import { rebuildBudgets, updateBudget } from '../../../backend/budgets/manage';
import { standings } from '../../../backend/budgets/status';
import { PriceBook } from '../../../backend/pricing/book';
import { storeEvents } from '../../../backend/storage/writer';
import { openStorage, type Storage } from '../storage/support';
import { call, make, rule } from './support';

const BOOK = PriceBook.from([]);
const open: Gate[] = [];
let storage: Storage;

beforeAll(async () => {
  storage = await openStorage();
});
afterAll(async () => {
  await Promise.all(open.map((gate) => gate.close()));
  await storage.close();
});
beforeEach(async () => {
  await storage.pool.query('TRUNCATE public.reservations');
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
  await storage.pool.query('UPDATE public.budget_book SET version = version + 1');
});

const ask = (input: object) =>
  toAsk(authorizeSchema.parse({ request_id: randomUUID(), tenant: 'acme', max_cost: '1', ...input }), null, BOOK);

/** A collector's gate, and the names of the statements that it sends. */
function watched({ walWriter = false } = {}): {
  authorize: (input?: object) => Promise<Authorization>;
  sent: string[];
} {
  const sent: string[] = [];
  const pool = new Proxy(storage.pool, {
    get: (target, name) =>
      (name === 'connect' ? () => watchedClient(target, sent) : Reflect.get(target, name)) as unknown,
  });
  const gate = new Gate(pool, { walWriter });
  open.push(gate);
  return { authorize: (input = {}) => gate.authorize(ask(input)), sent };
}

async function watchedClient(pool: Pool, sent: string[]): Promise<PoolClient> {
  const client = await pool.connect();
  return new Proxy(client, {
    get(target, name) {
      const value = Reflect.get(target, name) as unknown;
      if (typeof value !== 'function') {
        return value;
      }
      return (...given: unknown[]): unknown => {
        const [first] = given as [{ name?: string } | string];
        if (name === 'query') {
          sent.push(typeof first === 'string' ? first : (first.name ?? ''));
        }
        return value.apply(target, given) as unknown;
      };
    },
  });
}

const committed = async (id: string) => (await standings(storage.pool, [id])).get(id)![0]!.committed;
const AT_ONCE = ['reserve_within'];

test('what stays within its budgets takes one statement, and gets the answer that the longer way gives', async () => {
  const budgets = { name: 'org', hard: true };
  const { budget_id: org } = await make(storage.pool, budgets);
  await make(storage.pool, {
    name: 'run',
    period: 'run',
    amount: '5',
    thresholds: [0.8],
    actions: { 0.8: ['approval'] },
  });
  await make(storage.pool, { name: 'off', amount: '1', enabled: false, hard: true });
  const [one, other] = [watched(), watched()];
  await one.authorize({ run_id: 'r' });
  one.sent.length = 0;
  const quick = await one.authorize({ run_id: 'r' });
  expect(one.sent).toEqual(AT_ONCE);
  expect(await committed(org)).toBe('2');
  await storage.pool.query('UPDATE public.budget_counters SET committed = trunc(committed / 2)');
  const long = await other.authorize({ run_id: 'r' });
  expect(other.sent).toContain('begin_decisions');
  const same = { reservation_id: expect.any(String) as string, expires_at: expect.any(String) as string };
  expect(quick).toMatchObject({ decision: 'allow', reason: 'within_budget', estimate: '1', ...same });
  expect({ ...quick, ...same }).toEqual({ ...long, ...same });
});

test.each([false, true])('requests are kept as they were asked, whatever is in their texts', async (walWriter) => {
  await make(storage.pool, { tenant: null, hard: true });
  const { authorize } = watched({ walWriter });
  await authorize();
  const strange = [`a "b" \\ c`, 'line\nbreak\ttab', '{a,b}', 'NULL', '', 'ü 漢 😀 \u2028', `'; --`, '\\"'];
  const asked = strange.map((text, i) => ({
    request_id: `${i} ${text}`,
    tenant: text || 'none',
    max_cost: '0.01',
    tags: { text, [`key "${i}"`]: text },
  }));
  await Promise.all(asked.map((input) => authorize(input)));
  const { rows } = await storage.pool.query<{ request: object }>(
    `SELECT request FROM public.reservations WHERE request -> 'tags' ? 'text' ORDER BY request_id`
  );
  expect(rows.map(({ request }) => request)).toEqual(asked.map((input) => expect.objectContaining(input) as unknown));
  const { rows: kept } = await storage.pool.query<{ request_id: string; tenant: string }>(
    `SELECT request_id, tenant FROM public.reservations WHERE request -> 'tags' ? 'text' ORDER BY request_id`
  );
  expect(kept).toEqual(asked.map(({ request_id, tenant }) => ({ request_id, tenant })));
});

test('several at once are decided one after the other: each sees what those before it reserved', async () => {
  await make(storage.pool, { hard: true });
  const { authorize, sent } = watched();
  await authorize();
  sent.length = 0;
  const answers = await Promise.all([authorize(), authorize({ max_cost: '2' }), authorize({ max_cost: '3' })]);
  expect(sent).toEqual(AT_ONCE);
  expect(answers.map(({ budgets }) => budgets[0]!.committed)).toEqual(['2', '4', '7']);
});

test('what another collector has taken meanwhile is not given away again', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const [one, other] = [watched(), watched()];
  await one.authorize();
  await other.authorize({ max_cost: '8' });
  one.sent.length = 0;
  expect(await one.authorize({ max_cost: '2' })).toMatchObject({ decision: 'deny', reason: 'limit' });
  expect(one.sent).toEqual([...AT_ONCE, 'BEGIN', 'begin_decisions', 'COMMIT']);
  expect(await one.authorize()).toMatchObject({ decision: 'allow' });
  expect(await committed(id)).toBe('10');
});

test('a request that was decided before gets its answer, not a second reservation', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const [one, other] = [watched(), watched()];
  await one.authorize();
  const request = { request_id: 'again' };
  const first = await other.authorize(request);
  const again = await Promise.all([one.authorize(request), one.authorize(request)]);
  expect(again.map(({ reservation_id: got }) => got)).toEqual([first.reservation_id, first.reservation_id]);
  expect(await committed(id)).toBe('2');
});

test('where commits do not wait for the disk, what a crash of the database took away is reserved again before anything else', async () => {
  const { pool } = storage;
  const { budget_id: id } = await make(pool, { hard: true });
  const { authorize, sent } = watched({ walWriter: true });
  await authorize();
  const kept = await authorize({ request_id: 'kept' });
  const lost = await authorize({ request_id: 'lost', max_cost: '7' });
  expect(sent.slice(-2)).toEqual(['reserve_soon', 'reserve_soon']);

  const crash = async () => {
    await pool.query("DELETE FROM public.reservations WHERE request_id = 'lost'");
    await pool.query('UPDATE public.budget_counters SET committed = committed - 7 * 1000000000000');
    pool.emit('error', new Error('Connection terminated unexpectedly'), {});
  };
  await crash();
  expect(await authorize({ max_cost: '2' })).toMatchObject({ decision: 'deny', reason: 'limit' });
  const { rows } = await pool.query<{ request_id: string; reservation_id: string }>(
    "SELECT request_id, reservation_id FROM public.reservations WHERE request_id IN ('kept', 'lost') ORDER BY 1"
  );
  expect(rows.map(({ reservation_id: one }) => one)).toEqual([kept.reservation_id, lost.reservation_id]);
  expect(await committed(id)).toBe('9');

  // The same request, asked anew of a collector that knows nothing of the crash, stays as that one decided it.
  await crash();
  const again = await watched().authorize({ request_id: 'lost', max_cost: '1' });
  expect(again.decision).toBe('allow');
  await authorize({ max_cost: '1' });
  expect(await authorize({ request_id: 'lost' })).toMatchObject({ reservation_id: again.reservation_id });
  expect((await rebuildBudgets(pool, null)).flatMap(({ corrections }) => corrections)).toEqual([]);
});

test('a lease that ended is not restored, nor is what was settled meanwhile', async () => {
  const { pool } = storage;
  const { budget_id: id } = await make(pool, { hard: true });
  const { authorize } = watched({ walWriter: true });
  await authorize();
  await authorize({ lease_seconds: 1 });
  const done = await authorize();
  await pool.query('SELECT public.close_reservations(ARRAY[$1::uuid], ARRAY[2::numeric * 1000000000000], false)', [
    done.reservation_id,
  ]);
  await pool.query("DELETE FROM public.reservations WHERE expires_at < now() + interval '2 seconds'");
  await pool.query('UPDATE public.budget_counters SET committed = committed - 1000000000000');
  await pool.query('SELECT pg_sleep(1.1)');
  pool.emit('error', new Error('Connection terminated unexpectedly'), {});
  await authorize();
  expect(await committed(id)).toBe('2');
});

test('a call that blocks the budget, and an edit of it, hold from the next request on', async () => {
  const { pool } = storage;
  const blocking = { thresholds: [0.5], actions: { 0.5: ['block' as const] } };
  const { budget_id: id } = await make(pool, blocking);
  const { authorize } = watched();
  await authorize();
  expect((await authorize()).decision).toBe('allow');
  await storeEvents(pool, [call(5)]);
  expect(await authorize()).toMatchObject({ decision: 'deny', reason: 'blocked' });
  const edit = { rule: rule({ ...blocking, amount: '20' }), by: 'tests', version: null, tenants: null };
  await updateBudget(pool, id, edit);
  expect((await authorize()).decision).toBe('allow');
  expect((await authorize()).budgets[0]).toMatchObject({ limit: '20', spent: '5' });
});
