import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decideApproval, listApprovals } from '../../../backend/budgets/authorize/approvals';
import type { Authorization } from '../../../backend/budgets/authorize/authorization';
import { Gate } from '../../../backend/budgets/authorize/gate';
import { authorizeSchema, toAsk } from '../../../backend/budgets/authorize/request';
import { expireReservations, findReservation, Settler } from '../../../backend/budgets/authorize/reservations';
import { rebuildBudgets } from '../../../backend/budgets/manage';
import { standings } from '../../../backend/budgets/status';
import { sendWebhooks } from '../../../backend/budgets/webhooks';
import { signed } from '../../../backend/webhook';
import { createLogger } from '../../../backend/observe';
import { PriceBook } from '../../../backend/pricing/book';
import { createPool } from '../../../backend/storage/pool';
import { storeEvents } from '../../../backend/storage/writer';
import { openStorage, type Storage } from '../storage/support';
import { call, make, USD } from './support';

const BOOK = PriceBook.from([]);
const log = createLogger('silent');
let storage: Storage;
/** Two collectors on one database. */
let gates: Gate[];
let settlers: Settler[];
let second: ReturnType<typeof createPool>;

beforeAll(async () => {
  storage = await openStorage();
  second = createPool({ url: storage.url, name: 'second', max: 4 });
  gates = [storage.pool, second].map((pool) => new Gate(pool, { walWriter: false }));
  settlers = [storage.pool, second].map((pool) => new Settler(pool));
});
afterAll(async () => {
  await Promise.all([...gates, ...settlers].map((one) => one.close()));
  await second.end();
  await storage.close();
});
beforeEach(async () => {
  await storage.pool.query(
    'TRUNCATE public.usage_events, public.rollup_dirty, public.reservations, public.budget_outbox'
  );
  await storage.pool.query('TRUNCATE public.budgets CASCADE');
  await storage.pool.query('UPDATE public.budget_book SET version = version + 1');
});

const ask = (input: object) =>
  toAsk(authorizeSchema.parse({ request_id: randomUUID(), tenant: 'acme', max_cost: '1', ...input }), null, BOOK);
const authorize = (input: object = {}, gate = 0): Promise<Authorization> => gates[gate]!.authorize(ask(input));
const standing = async (id: string) => (await standings(storage.pool, [id])).get(id)![0]!;
const settle = (id: string | null, cost: bigint) => settlers[0]!.settle(id!, cost, null);

test('a call is reserved, and its event turns the reservation into spend', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const first = await authorize({ max_cost: '6' });
  expect(first).toMatchObject({ decision: 'allow', reason: 'within_budget', estimate: '6', enforced: true });
  expect(first.budgets).toEqual([expect.objectContaining({ id, committed: '6', remaining: '4' })]);
  const denied = await authorize({ max_cost: '5' }, 1);
  expect(denied).toMatchObject({ decision: 'deny', reason: 'limit', reservation_id: null });
  await storeEvents(storage.pool, [call(2.5, { tags: { reservation_id: first.reservation_id! } })]);
  expect(await standing(id)).toMatchObject({ spent: '2.5', committed: '0', remaining: '7.5' });
  expect(await findReservation(storage.pool, first.reservation_id!, null)).toMatchObject({ state: 'settled' });
  expect((await authorize({ max_cost: '5' }, 1)).decision).toBe('allow');
});

test('a reservation is settled by call, and what its event says later takes the place of it', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const { reservation_id: reservation } = await authorize({ max_cost: '6' });
  expect(await settle(reservation, 3n * USD)).toMatchObject({ state: 'settled', settled: '3' });
  expect(await settle(reservation, 4n * USD)).toMatchObject({ settled: '3' });
  expect(await standing(id)).toMatchObject({ spent: '3', committed: '0' });
  const event = call(2, { tags: { reservation_id: reservation! } });
  await storeEvents(storage.pool, [event]);
  await storeEvents(storage.pool, [event]);
  expect(await standing(id)).toMatchObject({ spent: '2', committed: '0' });
  expect(await settle(reservation, 9n * USD)).toMatchObject({ settled: null });
  expect(await standing(id)).toMatchObject({ spent: '2', committed: '0' });
  expect(await settle(randomUUID(), 1n)).toBeNull();
});

test('a forgotten reservation ends with its lease; a settlement that comes after that still counts', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const { reservation_id: reservation } = await authorize({ max_cost: '6' });
  expect(await expireReservations(storage.pool)).toBe(0);
  await storage.pool.query("UPDATE public.reservations SET expires_at = now() - interval '1 second'");
  expect(await expireReservations(storage.pool)).toBe(1);
  expect(await standing(id)).toMatchObject({ spent: '0', committed: '0' });
  await settle(reservation, 3n * USD);
  expect(await standing(id)).toMatchObject({ spent: '3', committed: '0' });
});

test('the same request gets the same answer, on every collector and at the same moment', async () => {
  const { budget_id: id } = await make(storage.pool, { hard: true });
  const request = { request_id: 'again', max_cost: '4' };
  const answers = await Promise.all([0, 1, 0, 1].map((gate) => authorize(request, gate)));
  expect(new Set(answers.map(({ reservation_id: one }) => one)).size).toBe(1);
  expect(await standing(id)).toMatchObject({ committed: '4' });
  const other = await authorize({ ...request, tenant: 'globex' });
  expect(other).toMatchObject({ decision: 'allow', reason: 'no_budget', reservation_id: null });
});

test('every level is asked: organisation, team, user, run; what is not named is said', async () => {
  await make(storage.pool, { name: 'org', amount: '100', hard: true });
  await make(storage.pool, { name: 'user', scope: { user_id: ['u'] }, amount: '5', period: 'day', hard: true });
  await make(storage.pool, { name: 'team', scope: { team: ['x'] }, amount: '50', hard: true });
  await make(storage.pool, { name: 'run', amount: '2', period: 'run', hard: true });
  const who = { user_id: 'u', team: 'x' };
  expect((await authorize({ ...who, run_id: 'r1', max_cost: '2' })).budgets).toHaveLength(4);
  const tooMuch = await authorize({ ...who, run_id: 'r1', max_cost: '1' });
  expect(tooMuch.budgets.filter(({ decided }) => decided).map(({ name }) => name)).toEqual(['run']);
  expect((await authorize({ ...who, run_id: 'r2', max_cost: '2' })).decision).toBe('allow');
  expect((await authorize({ ...who, run_id: 'r3', max_cost: '2' })).message).toMatch(
    /^the budget "user" has 1 of 5 USD left/
  );
  const vague = await authorize({ max_cost: '1' });
  expect(vague.not_checked.map(({ name, missing }) => [name, missing])).toEqual([
    ['run', ['run_id']],
    ['team', ['team']],
    ['user', ['user_id']],
  ]);
});

test('an approval is asked for once, and lets the call go on', async () => {
  const { pool } = storage;
  const { budget_id: id } = await make(pool, {
    thresholds: [0.5, 1],
    actions: { 0.5: ['approval'] },
    webhook_url: 'http://127.0.0.1:9/',
  });
  expect((await authorize({ max_cost: '5' })).decision).toBe('allow');
  const request = { request_id: 'mine', max_cost: '2', why: 'the report is due', user_id: 'ann' };
  const [first, again] = [await authorize(request), await authorize(request, 1)];
  expect(first).toMatchObject({ decision: 'needs_approval', reason: 'approval', reservation_id: null });
  expect(again.approval_ids).toEqual(first.approval_ids);
  const [waiting] = await listApprovals(pool, ['acme'], 'waiting');
  expect(waiting).toMatchObject({ id: first.approval_ids[0], budget: 'test', amount: '2', committed: '5', request });
  expect((await pool.query('SELECT kind FROM public.budget_outbox')).rows).toEqual([{ kind: 'approval.waiting' }]);

  expect(
    await decideApproval(pool, waiting!.id, { state: 'approved', grant: 'once', amount: null }, 'bob', ['globex'])
  ).toBeNull();
  const done = await decideApproval(pool, waiting!.id, { state: 'approved', grant: 'once', amount: null }, 'bob', [
    'acme',
  ]);
  expect(done).toMatchObject({ state: 'approved', decided_by: 'bob', grant: 'once' });
  await expect(decideApproval(pool, waiting!.id, { state: 'denied', reason: 'no' }, 'eve', null)).rejects.toThrow(
    'this was approved by bob already'
  );
  expect((await authorize(request)).decision).toBe('allow');
  const next = await authorize({ max_cost: '1' });
  expect(next.decision).toBe('needs_approval');
  const grant = { state: 'approved', grant: 'amount', amount: 3n * USD } as const;
  await decideApproval(pool, next.approval_ids[0]!, grant, 'bob', null);
  expect((await authorize({ max_cost: '3' }, 1)).decision).toBe('allow');
  const last = await authorize({ request_id: 'last', max_cost: '0.01' });
  await decideApproval(pool, last.approval_ids[0]!, { state: 'denied', reason: 'enough' }, 'bob', null);
  expect(await authorize({ request_id: 'last', max_cost: '0.01' })).toMatchObject({
    decision: 'deny',
    reason: 'denied_by_approver',
    message: expect.stringContaining('enough') as string,
  });
  const reset = await authorize({ max_cost: '50' });
  await decideApproval(
    pool,
    reset.approval_ids[0]!,
    { state: 'approved', grant: 'until_reset', amount: null },
    'bob',
    null
  );
  expect((await authorize({ max_cost: '50' })).decision).toBe('allow');
  const { rows } = await pool.query('SELECT action FROM public.budget_audit WHERE budget_id = $1 ORDER BY audit_id', [
    id,
  ]);
  expect(rows.map(({ action }) => action as string)).toEqual(['create', 'approve', 'approve', 'deny', 'approve']);
});

test('64 clients on two collectors never get more than there is, and no reservation is leaked', async () => {
  const { pool } = storage;
  const org = await make(pool, { name: 'org', amount: '20', hard: true });
  const day = await make(pool, { name: 'day', amount: '12', period: 'day', scope: { agent: ['a'] }, hard: true });
  const runs = await make(pool, { name: 'runs', amount: '3', period: 'run', hard: true });
  const total = Number(process.env.LLMCOST_RACE_DECISIONS ?? 640);
  const counts = { allow: 0, deny: 0 };
  let next = 0;
  let worst = 0n;
  const client = async (number: number) => {
    while (next < total) {
      const i = next++;
      const cents = 1 + (i % 9);
      const answer = await authorize(
        { max_cost: `0.0${cents}`, agent: i % 2 ? 'a' : 'b', run_id: `run-${i % 11}` },
        number % 2
      );
      counts[answer.decision as 'allow' | 'deny']++;
      for (const { limit, spent, committed } of answer.budgets.filter(() => answer.decision === 'allow')) {
        const used = BigInt(Math.round((Number(spent) + Number(committed) - Number(limit)) * 1e6));
        worst = used > worst ? used : worst;
      }
      if (answer.reservation_id && i % 4 === 1) {
        await settlers[number % 2]!.settle(answer.reservation_id, (BigInt(cents) * USD) / 200n, null);
      } else if (answer.reservation_id && i % 4 === 2) {
        const tags = { reservation_id: answer.reservation_id };
        await storeEvents(number % 2 ? pool : second, [
          call(cents / 100, { tags, agent: i % 2 ? 'a' : 'b', run_id: `run-${i % 11}` }),
        ]);
      }
    }
  };
  await Promise.all(Array.from({ length: 64 }, (_, number) => client(number)));
  expect(counts.allow + counts.deny).toBe(total);
  expect(counts.allow).toBeGreaterThan(100);
  expect(worst).toBe(0n);
  for (const { budget_id: id, amount } of [org, day, runs]) {
    const { rows } = await pool.query<{ most: string }>(
      'SELECT max(spent + settled + committed)::text AS most FROM public.budget_counters WHERE budget_id = $1',
      [id]
    );
    expect(BigInt(rows[0]!.most)).toBeLessThanOrEqual(amount);
  }
  await pool.query("UPDATE public.reservations SET expires_at = now() - interval '1 second' WHERE state = 'open'");
  await expireReservations(pool);
  const { rows } = await pool.query<{ held: string }>(
    'SELECT sum(committed)::text AS held FROM public.budget_counters'
  );
  expect(rows).toEqual([{ held: '0' }]);
  expect((await rebuildBudgets(pool, null)).flatMap(({ corrections }) => corrections)).toEqual([]);
});

test('while the database is away each budget decides as it was told to', async () => {
  await make(storage.pool, { name: 'open', tenant: 'acme', hard: true, on_unavailable: 'allow' });
  await make(storage.pool, { name: 'closed', tenant: 'globex', hard: true, on_unavailable: 'deny' });
  const pool = createPool({ url: storage.url, name: 'leaving', max: 1 });
  const gate = new Gate(pool, { walWriter: false });
  expect((await gate.authorize(ask({}))).enforced).toBe(true);
  await pool.end();
  const refused = Object.assign(new Error('gone'), { code: 'ECONNREFUSED' });
  Object.assign(pool, { connect: () => Promise.reject(refused) });
  expect(await gate.authorize(ask({}))).toMatchObject({ decision: 'allow', reason: 'unavailable', enforced: false });
  expect(await gate.authorize(ask({ tenant: 'globex' }))).toMatchObject({
    decision: 'deny',
    enforced: false,
    message: expect.stringMatching(/^the budget "closed" lets nothing through/) as string,
  });
});

test('a webhook is signed, and sent again under the same id until it is taken', async () => {
  const received: Array<{ headers: IncomingHttpHeaders; body: string }> = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (data: Buffer) => (body += data.toString()));
    request.on('end', () => {
      received.push({ headers: request.headers, body });
      response.writeHead(received.length === 1 ? 500 : 204).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    await make(storage.pool, { webhook_url: url, actions: { 0.8: ['webhook'] } });
    await storeEvents(storage.pool, [call(9)]);
    const options = { pool: storage.pool, log, secret: 'a secret of the tests' };
    expect(await sendWebhooks({ ...options, secret: null })).toBe(0);
    expect(await sendWebhooks(options)).toBe(0);
    expect(await sendWebhooks(options)).toBe(0);
    const failed = await storage.pool.query(
      'SELECT attempts, last_error, next_attempt_at > now() AS later FROM public.budget_outbox'
    );
    expect(failed.rows).toEqual([{ attempts: 1, last_error: 'answered 500', later: true }]);
    await storage.pool.query('UPDATE public.budget_outbox SET next_attempt_at = now()');
    expect(await sendWebhooks(options)).toBe(1);
    expect(await sendWebhooks(options)).toBe(0);
    const [first, again] = received;
    expect(again!.headers['webhook-id']).toBe(first!.headers['webhook-id']);
    const { 'webhook-id': id, 'webhook-timestamp': at } = again!.headers as Record<string, string>;
    expect(again!.headers).toMatchObject(signed(options.secret, id!, Number(at), again!.body));
    expect(JSON.parse(again!.body)).toMatchObject({
      type: 'budget.threshold',
      data: { spent: '9', limit: '10', threshold: 0.8 },
    });
  } finally {
    server.close();
  }
});

test('the signature is the one of standardwebhooks.com', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw';
  expect(signed(secret, 'msg_p5jXN8AQM9LWM0D4loKWxJek', 1614265330, '{"test": 2432232314}')['webhook-signature']).toBe(
    'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE='
  );
});
