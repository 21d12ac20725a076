import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { gzipSync } from 'node:zlib';
import { type Embedded, startEmbedded } from '../../../backend/embedded';
import { createPool } from '../../../backend/storage/pool';
import { startCallers } from '../../bench/authorize/callersProcess';
import { watchLimits } from '../../bench/authorize/watch';
import { type CollectorProcess, freePort, type Reply, startCollector } from '../collectorProcess';

/** Asking before a call as callers do it: over HTTP, of collectors in processes of their own. */

const ADMIN = 'an admin key of the tests';
const admin: Record<string, string> = { authorization: `Bearer ${ADMIN}` };

let dir: string;
let database: Embedded;
let port: number;
let collectors: CollectorProcess[];
let acme: Record<string, string>;

const openDatabase = () =>
  startEmbedded({
    dataDir: path.join(dir, 'database'),
    host: '127.0.0.1',
    port,
    ownerPassword: 'o',
    readerPassword: 'r',
  });
const openCollector = (name: string) =>
  startCollector({
    dataDir: path.join(dir, name),
    env: { DATABASE_URL: database.ownerUrl, LLMCOST_ADMIN_KEY: ADMIN },
  });

beforeAll(async () => {
  dir = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-authorize-'));
  port = await freePort();
  database = await openDatabase();
  collectors = [await openCollector('one'), await openCollector('two')];
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01', input: '1', output: '10' };
  expect((await ask('POST', '/v1/prices', price)).status).toBe(201);
  const key = await ask('POST', '/v1/keys', { name: 'acme agents', scopes: ['ingest'], tenant: 'acme' });
  acme = { authorization: `Bearer ${String(key.json.key)}` };
});
afterAll(async () => {
  await Promise.all(collectors.map((collector) => collector.stop()));
  await database.close();
  fs.rmSync(dir, { recursive: true, force: true });
});
afterEach(async () => {
  const { json } = await ask('GET', '/v1/budgets');
  for (const { id } of json.budgets as Array<{ id: string }>) {
    await ask('DELETE', `/v1/budgets/${id}`);
  }
});

const ask = (method: string, route: string, body?: unknown, headers = admin, collector = 0): Promise<Reply> =>
  collectors[collector]!.call(method, route, body, headers);
let requests = 0;
const authorize = (input: object = {}, headers = admin, collector = 0): Promise<Reply> =>
  ask('POST', '/v1/authorize', { request_id: `r${requests++}`, tenant: 'acme', ...input }, headers, collector);

async function budget(input: object): Promise<string> {
  const body = { name: 'b', tenant: 'acme', amount: '10', period: 'month', hard: true, ...input };
  const { status, json, text } = await ask('POST', '/v1/budgets', body);
  expect([status, text]).toEqual([201, expect.anything()]);
  return String(json.id);
}
const standing = async (id: string) => (await ask('GET', `/v1/budgets/${id}`)).json;

/** Asks again until the answer is as expected; after a while what is wrong with it fails the test. */
async function eventually(look: () => Promise<unknown>, expected: unknown): Promise<void> {
  const until = Date.now() + 60_000;
  let found = await look();
  while (!matches(found, expected) && Date.now() < until) {
    await new Promise((resolve) => setTimeout(resolve, 200));
    found = await look();
  }
  expect(found).toEqual(expected);
}

function matches(found: unknown, expected: unknown): boolean {
  try {
    expect(found).toEqual(expected);
    return true;
  } catch {
    return false;
  }
}

test('what a call may cost is reserved at the price in force, and a denial says what is left of which budget', async () => {
  const org = await budget({ name: 'organization' });
  await budget({ name: 'other team', scope: { team: ['x'] } });
  const estimated_tokens = { input_tokens: 2_000_000, output_tokens: 400_000 };
  const allowed = await authorize({ provider: 'p', model: 'm', estimated_tokens });
  expect([allowed.status, allowed.headers.get('content-type'), allowed.json]).toEqual([
    200,
    'application/json; charset=utf-8',
    expect.objectContaining({
      decision: 'allow',
      reason: 'within_budget',
      estimate: '6',
      enforced: true,
      reservation_id: expect.stringMatching(/^[0-9a-f-]{36}$/) as string,
      not_checked: [expect.objectContaining({ name: 'other team', missing: ['team'] })],
      budgets: [
        { id: org, name: 'organization', limit: '10', spent: '0', committed: '6', remaining: '4', decided: false },
      ],
    }),
  ]);
  const denied = await authorize({ max_cost: '4.5' }, admin, 1);
  expect([denied.status, denied.json]).toEqual([
    200,
    expect.objectContaining({
      decision: 'deny',
      reason: 'limit',
      reservation_id: null,
      message:
        'the budget "organization" has 4 of 10 USD left (6 reserved by calls that are under way); this call may cost 4.5 USD',
      budgets: [
        { id: org, name: 'organization', limit: '10', spent: '0', committed: '6', remaining: '4', decided: true },
      ],
    }),
  ]);
  const unpriced = await authorize({ provider: 'p', model: 'unheard of', estimated_tokens });
  expect(unpriced.json).toMatchObject({ decision: 'deny', reason: 'no_price' });
});

test('a reservation is settled by its event, by call, or by the end of its lease; each once', async () => {
  const id = await budget({});
  const [byEvent, byCall, forgotten] = [
    (await authorize({ max_cost: '3' })).json,
    (await authorize({ max_cost: '3' })).json,
    (await authorize({ max_cost: '3', lease_seconds: 1 })).json,
  ];
  const event = {
    id: 'settles',
    time: new Date().toISOString(),
    tenant: 'acme',
    provider: 'p',
    model: 'm',
    usage: { input_tokens: 500_000, output_tokens: 0 },
    tags: { reservation_id: byEvent.reservation_id },
  };
  for (let i = 0; i < 2; i++) {
    expect((await ask('POST', '/v1/events', event)).status).toBe(200);
    const settled = await ask('POST', `/v1/reservations/${String(byCall.reservation_id)}/settle`, { cost: '1.25' });
    expect([settled.status, settled.json]).toEqual([
      200,
      expect.objectContaining({ state: 'settled', settled: '1.25', amount: '3' }),
    ]);
  }
  await eventually(() => standing(id), expect.objectContaining({ spent: '1.75', committed: '0', remaining: '8.25' }));
  const late = await ask('POST', `/v1/reservations/${String(forgotten.reservation_id)}/settle`, { cost: '0.25' });
  expect(late.json).toMatchObject({ state: 'settled', settled: '0.25' });
  expect(await standing(id)).toMatchObject({ spent: '2' });
  const unknown = await ask('POST', '/v1/reservations/5f0c8c9e-0000-4000-8000-000000000000/settle', { cost: '1' });
  expect([unknown.status, unknown.json.detail]).toEqual([404, expect.stringMatching(/^there is no reservation/)]);
});

test('the same request gets the same reservation, from every collector and however it is sent', async () => {
  const id = await budget({});
  const request = { request_id: 'once', tenant: 'acme', max_cost: '2' };
  const zipped = gzipSync(JSON.stringify(request));
  const replies = await Promise.all([
    authorize(request),
    authorize(request, admin, 1),
    ask('POST', '/v1/authorize', zipped, {
      ...admin,
      'content-type': 'application/json',
      'content-encoding': 'gzip',
    }),
    ask('POST', '/v1/authorize?of=proxies', request, admin, 1),
  ]);
  const first = replies[0].json;
  expect(replies.map(({ json }) => json.reservation_id)).toEqual(Array(4).fill(first.reservation_id));
  expect(first.reservation_id).toEqual(expect.any(String));
  expect(await standing(id)).toMatchObject({ committed: '2' });
});

test('whoever waits for an approval is answered when it is decided', async () => {
  const id = await budget({ hard: false, thresholds: [0.5, 1], actions: { 0.5: ['approval'] } });
  const request = { request_id: 'mine', max_cost: '6', user_id: 'ann', why: 'the report is due' };
  const asked = (await authorize(request)).json as { decision: string; approval_ids: string[] };
  expect(asked).toMatchObject({ decision: 'needs_approval', reason: 'approval', reservation_id: null });
  const [approval] = asked.approval_ids;
  const waiting = ask('GET', `/v1/approvals/${approval}?wait=50`, undefined, acme, 1);
  const listed = await ask('GET', '/v1/approvals?state=waiting');
  expect(listed.json.approvals).toEqual([
    expect.objectContaining({
      id: approval,
      budget_id: id,
      amount: '6',
      request: expect.objectContaining(request) as object,
    }),
  ]);
  expect((await ask('POST', `/v1/approvals/${approval}/approve`, { grant: 'once' }, acme)).status).toBe(403);
  expect((await ask('POST', `/v1/approvals/${approval}/approve`, { grant: 'once' })).status).toBe(200);
  expect((await waiting).json).toMatchObject({ state: 'approved', grant: 'once', decided_by: 'LLMCOST_ADMIN_KEY' });
  expect((await authorize(request, admin, 1)).json).toMatchObject({ decision: 'allow' });
  expect((await ask('POST', `/v1/approvals/${approval}/deny`, { reason: 'no' })).status).toBe(409);

  const other = (await authorize({ request_id: 'other', max_cost: '1' })).json as { approval_ids: string[] };
  expect((await ask('POST', `/v1/approvals/${other.approval_ids[0]}/deny`, { reason: 'enough' })).status).toBe(200);
  expect((await authorize({ request_id: 'other', max_cost: '1' })).json).toMatchObject({
    decision: 'deny',
    reason: 'denied_by_approver',
    message: expect.stringMatching(/: enough$/) as string,
  });
});

test('each run has a ceiling of its own', async () => {
  await budget({ name: 'per run', period: 'run', amount: '1' });
  expect((await authorize({ run_id: 'a', max_cost: '0.9' })).json.decision).toBe('allow');
  expect((await authorize({ run_id: 'a', max_cost: '0.2' }, admin, 1)).json).toMatchObject({
    decision: 'deny',
    message: expect.stringMatching(/^the budget "per run" has 0.1 of 1 USD left/) as string,
  });
  expect((await authorize({ run_id: 'b', max_cost: '0.2' })).json.decision).toBe('allow');
});

test('a key that is bound to a tenant asks for that tenant, whatever the body says', async () => {
  await budget({ name: 'acme' });
  await budget({ name: 'globex', tenant: 'globex', amount: '1' });
  const reply = await authorize({ tenant: 'globex', max_cost: '2' }, acme);
  expect(reply.json).toMatchObject({ decision: 'allow', budgets: [expect.objectContaining({ name: 'acme' })] });
  const settle = `/v1/reservations/${String(reply.json.reservation_id)}/settle`;
  const foreign = await ask('POST', '/v1/keys', { name: 'globex', scopes: ['ingest', 'read'], tenant: 'globex' });
  const globex = { authorization: `Bearer ${String(foreign.json.key)}` };
  expect((await ask('POST', settle, { cost: '1' }, globex)).status).toBe(404);
  expect((await ask('POST', settle, { cost: '1' }, acme)).status).toBe(200);
});

test('what is wrong with a request is said', async () => {
  const faults: Array<[unknown, Record<string, string>, number, RegExp]> = [
    [{ request_id: 'x', max_cost: '1' }, { authorization: '' }, 401, /^send an API key/],
    [{ request_id: 'x', max_cost: '1' }, { authorization: 'Bearer wrong' }, 401, /^the API key is unknown/],
    [{ request_id: 'x' }, admin, 400, /^max_cost: say what the call may cost at most/],
    [{ request_id: 'x', max_cost: 1 }, admin, 400, /^max_cost: must be a decimal string/],
    [{ request_id: 'x', max_cots: '1' }, admin, 400, /^unknown field "max_cots"; the nearest known one is "max_cost"/],
    [{ request_id: 'x', estimated_tokens: { input_tokens: 1 } }, admin, 400, /^estimated_tokens: needs/],
    ['{', { ...admin, 'content-type': 'application/json' }, 400, /^the body is not valid JSON/],
    ['a', { ...admin, 'content-type': 'text/plain' }, 415, /^content-type must be application\/json/],
  ];
  for (const [body, headers, status, detail] of faults) {
    const reply = await ask('POST', '/v1/authorize', body, headers);
    expect([reply.status, reply.headers.get('content-type'), reply.json.detail]).toEqual([
      status,
      'application/problem+json; charset=utf-8',
      expect.stringMatching(detail),
    ]);
  }
  const reader = await ask('POST', '/v1/keys', { name: 'reads', scopes: ['read'], tenant: 'acme' });
  const reads = { authorization: `Bearer ${String(reader.json.key)}` };
  expect((await authorize({ max_cost: '1' }, reads)).status).toBe(403);
  const { text } = await ask('GET', '/metrics');
  expect(text).toMatch(/^llmcost_http_request_seconds_count\{.*route="\/v1\/authorize",status="415"/m);
});

test('64 callers on two collectors never get more than there is, and nothing stays reserved', async () => {
  const price = {
    provider: 'openai',
    model: 'gpt-4.1-mini',
    effective_from: '2020-01-01',
    input: '0.4',
    output: '1.6',
  };
  expect((await ask('POST', '/v1/prices', price)).status).toBe(201);
  const never = { on_unavailable: 'deny' };
  await budget({ name: 'organization', amount: '4', ...never });
  await budget({ name: 'agents', amount: '1.5', period: 'day', scope: { agent: ['agent-1', 'agent-2'] }, ...never });
  await budget({ name: 'runs', amount: '0.05', period: 'run', ...never });
  const pool = createPool({ url: database.ownerUrl, name: 'tests', max: 1 });
  const callers = startCallers();
  try {
    const watch = await watchLimits(pool);
    const urls = collectors.map(({ base }) => base);
    const raced = await callers.tell({ kind: 'race', urls, callers: 64, decisions: 400, token: ADMIN });
    expect(raced.allowed + raced.denied).toBe(400);
    expect([raced.allowed, raced.denied].every((count) => count > 40)).toBe(true);
    expect(raced.differing).toBe(0);
    expect((await watch.result()).exceeded).toBe(0);
    await pool.query("UPDATE public.reservations SET expires_at = now() WHERE state = 'open'");
    const held = async () =>
      (await pool.query<{ held: string }>('SELECT sum(committed)::text AS held FROM public.budget_counters')).rows;
    await eventually(held, [{ held: '0' }]);
  } finally {
    callers.stop();
    await pool.end();
  }
});

test('while the database is away each budget decides as it was told to, and holds again when it is back', async () => {
  await budget({ name: 'open', on_unavailable: 'allow' });
  await budget({ name: 'closed', tenant: 'globex', on_unavailable: 'deny' });
  for (const tenant of ['acme', 'globex']) {
    expect((await authorize({ tenant, max_cost: '1' })).json).toMatchObject({ decision: 'allow', enforced: true });
  }
  await database.close();
  expect((await authorize({ max_cost: '99' })).json).toMatchObject({
    decision: 'allow',
    reason: 'unavailable',
    enforced: false,
    reservation_id: null,
  });
  expect((await authorize({ tenant: 'globex', max_cost: '0.1' })).json).toMatchObject({
    decision: 'deny',
    reason: 'unavailable',
    enforced: false,
    message: expect.stringMatching(/^the budget "closed" lets nothing through while its database is away/) as string,
  });
  database = await openDatabase();
  await eventually(
    async () => (await authorize({ tenant: 'globex', max_cost: '99' })).json,
    expect.objectContaining({ decision: 'deny', reason: 'limit', enforced: true })
  );
});
