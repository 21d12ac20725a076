import fs from 'node:fs';
import path from 'node:path';
import { type CollectorProcess, startCollector } from '../collectorProcess';
import { freshDataDir, removeDataDir } from '../embeddedServer';

const ADMIN = 'an admin key of the tests';
const JWT_SECRET = 'a secret of the tests that is long enough';
const admin = { authorization: `Bearer ${ADMIN}` };
const month = { name: 'month', tenant: 'acme', amount: '10.50', period: 'month' };

let collector: CollectorProcess;
let folder: string;
let bound: Record<string, string>;
const ask = (method: string, route: string, body?: unknown, headers: Record<string, string> = admin) =>
  collector.call(method, route, body, headers);

const config = (file: string) => ({ LLMCOST_ADMIN_KEY: ADMIN, LLMCOST_JWT_SECRET: JWT_SECRET, LLMCOST_CONFIG: file });
const FILE = `budgets:
  - { name: provisioned, tenant: acme, amount: '7', period: month, scope: { team: [x], agent: [a] } }
  - { name: going, tenant: null, amount: '1', period: run }
`;

beforeAll(async () => {
  folder = freshDataDir();
  const file = path.join(folder, 'config.yaml');
  fs.mkdirSync(folder, { recursive: true });
  fs.writeFileSync(file, FILE);
  collector = await startCollector({ env: config(file), dataDir: path.join(folder, 'data') });
  const price = { provider: 'p', model: 'm', effective_from: '2020-01-01', input: '1', output: '1' };
  expect((await ask('POST', '/v1/prices', price)).status).toBe(201);
  const key = await ask('POST', '/v1/keys', { name: 'acme only', scopes: ['admin'], tenant: 'acme' });
  bound = { authorization: `Bearer ${String(key.json.key)}` };
});
afterAll(async () => {
  expect(await collector.stop()).toBe(0);
  removeDataDir(folder);
});

const spend = (id: string, millions: number, more: object = {}) =>
  ask('POST', '/v1/events', {
    id,
    time: new Date().toISOString(),
    tenant: 'acme',
    provider: 'p',
    model: 'm',
    usage: { input_tokens: millions * 1e6 },
    ...more,
  });

test("a year of a large company fits, and is larger than a call's cost may be", async () => {
  const made = await ask('POST', '/v1/budgets', {
    name: 'year',
    tenant: 'large',
    amount: '250000000.25',
    period: 'year',
    hard: true,
  });
  expect(made.json).toMatchObject({ amount: '250000000.25', limit: '250000000.25', remaining: '250000000.25' });
  const answer = await ask('POST', '/v1/authorize', { request_id: 'large', tenant: 'large', max_cost: '999999.5' });
  expect(answer.json).toMatchObject({ decision: 'allow', budgets: [{ remaining: '249000000.75' }] });
  const { status, json } = await ask('POST', '/v1/budgets', { ...month, amount: '1000000000' });
  expect([status, json.detail]).toEqual([
    400,
    expect.stringMatching(/^amount: must be a decimal string above 0 and below/),
  ]);
});

test('a budget is made, read, changed and removed, and every step is on record', async () => {
  const made = await ask('POST', '/v1/budgets', month);
  expect([made.status, made.json]).toEqual([
    201,
    expect.objectContaining({
      name: 'month',
      amount: '10.5',
      limit: '10.5',
      spent: '0',
      state: 'ok',
      version: 1,
      thresholds: [0.8, 1],
    }),
  ]);
  const route = `/v1/budgets/${String(made.json.id)}`;
  await spend('api-1', 9);
  expect((await ask('GET', route)).json).toMatchObject({ spent: '9', remaining: '1.5', state: 'warning', calls: 1 });
  const changed = await ask('PUT', route, { ...month, amount: '9', version: 1 });
  expect(changed.json).toMatchObject({ version: 2, state: 'exceeded', ratio: 1 });
  const late = await ask('PUT', route, { ...month, version: 1 });
  expect([late.status, late.json.detail]).toEqual([409, expect.stringMatching(/^the budget is at version 2 by now/)]);
  expect((await ask('DELETE', route)).status).toBe(204);
  expect((await ask('GET', route)).status).toBe(404);
  const { entries } = (await ask('GET', `${route}/audit`)).json as { entries: Array<{ action: string; by: string }> };
  expect(entries.map(({ action, by }) => [action, by])).toEqual([
    ['delete', 'LLMCOST_ADMIN_KEY'],
    ['update', 'LLMCOST_ADMIN_KEY'],
    ['create', 'LLMCOST_ADMIN_KEY'],
  ]);
});

test.each([
  [{ amount: '0' }, /^amount: must be a decimal string above 0/],
  [{ amount: 10 }, /^amount: must be a decimal string of USD like "250.00"/],
  [{ period: 'fortnight' }, /^period: must be one of hour, day/],
  [{ time_zone: 'Berlin' }, /^time_zone: must be an IANA time zone/],
  [{ scope: { modle: ['x'] } }, /^scope.modle: unknown dimension; the nearest known one is "model"/],
  [{ scope: { tenant: ['x'] } }, /^scope.tenant: the tenant is a field of the budget/],
  [{ starts_on: 8, period: 'week' }, /^starts_on: a week starts on a day from 1 to 7/],
  [{ starts_on: 2, period: 'day' }, /^starts_on: a day has none/],
  [{ thresholds: [80] }, /^thresholds.0: must be a share like 0.8/],
  [{ actions: { 0.5: ['notify'] } }, /^actions.0.5: is none of the thresholds 0.8, 1/],
  [{ actions: { 1: ['webhook'] } }, /^webhook_url: the action "webhook" needs one/],
  [{ currency: 'EUR' }, /^currency: must be USD/],
  [{ treshold: 1 }, /^unknown field "treshold"/],
])('%j is refused with a reason', async (wrong, detail) => {
  const reply = await ask('POST', '/v1/budgets', { ...month, ...wrong });
  expect([reply.status, reply.json.detail]).toEqual([400, expect.stringMatching(detail)]);
});

test('a key that is bound to a tenant sees and makes budgets of that tenant only', async () => {
  const other = await ask('POST', '/v1/budgets', { ...month, tenant: 'globex' });
  const route = `/v1/budgets/${String(other.json.id)}`;
  expect((await ask('GET', route, undefined, bound)).status).toBe(404);
  expect((await ask('PUT', route, month, bound)).status).toBe(404);
  expect((await ask('DELETE', route, undefined, bound)).status).toBe(404);
  expect((await ask('POST', '/v1/budgets', { ...month, tenant: 'globex' }, bound)).status).toBe(403);
  expect((await ask('POST', '/v1/budgets', { ...month, tenant: null }, bound)).status).toBe(403);
  const own = await ask('POST', '/v1/budgets', { ...month, tenant: undefined }, bound);
  expect([own.status, own.json.tenant]).toEqual([201, 'acme']);
  const { budgets } = (await ask('GET', '/v1/budgets', undefined, bound)).json as {
    budgets: Array<{ tenant: string }>;
  };
  expect(new Set(budgets.map(({ tenant }) => tenant))).toEqual(new Set(['acme']));
});

test('budgets of the file are there, are read-only here, and follow the file over a restart', async () => {
  const provisioned = async () =>
    ((await ask('GET', '/v1/budgets')).json.budgets as Array<Record<string, unknown>>).filter(
      ({ origin }) => origin === 'file'
    );
  const before = await provisioned();
  expect(before.map(({ name, version }) => [name, version])).toEqual([
    ['going', 1],
    ['provisioned', 1],
  ]);
  const route = `/v1/budgets/${String(before[1]!.id)}`;
  for (const reply of [await ask('PUT', route, month), await ask('DELETE', route)]) {
    expect([reply.status, reply.json.detail]).toEqual([409, expect.stringMatching(/^"provisioned" is provisioned/)]);
  }
  await spend('api-2', 2, { team: 'x', agent: 'a' });
  expect(await collector.stop()).toBe(0);
  const file = path.join(folder, 'config.yaml');
  fs.writeFileSync(file, FILE.replace(/.*going.*\n/, ''));
  collector = await startCollector({ env: config(file), dataDir: path.join(folder, 'data') });
  expect(await provisioned()).toEqual([expect.objectContaining({ name: 'provisioned', version: 1, spent: '2' })]);
  fs.writeFileSync(file, FILE.replace(/.*going.*\n/, '').replace("'7'", "'2'"));
  expect(await collector.stop()).toBe(0);
  collector = await startCollector({ env: config(file), dataDir: path.join(folder, 'data') });
  expect(await provisioned()).toEqual([expect.objectContaining({ version: 2, spent: '2', state: 'exceeded' })]);
});

test('what was spent is summed anew on demand and was right', async () => {
  const { json } = await ask('POST', '/v1/budgets/rebuild', {});
  expect(json.corrections).toEqual([]);
  expect(Number(json.budgets)).toBeGreaterThan(1);
});

test('what is expected says that it is too early while there is too little to go by', async () => {
  const { budgets } = (await ask('GET', '/v1/budgets')).json as { budgets: Array<{ id: string; period: string }> };
  const month = budgets.find(({ period }) => period === 'month')!;
  const forecast = await ask('GET', `/v1/budgets/${month.id}/forecast`);
  expect([forecast.status, forecast.json]).toEqual([
    200,
    expect.objectContaining({ id: month.id, too_early: true, projected_end: null, path: [] }),
  ]);
  const { json } = await ask('GET', '/v1/forecast?tenant=acme&time_zone=Europe/Berlin');
  expect(json).toMatchObject({ time_zone: 'Europe/Berlin', days: 0, weekly: null, monthly: null });
  expect((await ask('GET', '/v1/forecast?tenant=globex', undefined, bound)).status).toBe(403);
  expect((await ask('GET', '/v1/forecast?modle=x')).json.detail).toMatch(/nearest known one is "model"/);
});
