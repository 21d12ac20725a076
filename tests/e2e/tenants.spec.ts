import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from './fixtures';
import type { APIRequestContext, Browser, Page } from '@playwright/test';
import { type CollectorProcess, startCollector } from '../integration/collectorProcess';

/** An organisation of its own with a collector of its own, whose configuration gives two Viewers different tenants. */
const ALICE = { name: 'Alice', login: 'e2e-alice', email: 'e2e-alice@example.org', password: 'e2e-alice-password' };
const BOB = { name: 'Bob', login: 'e2e-bob', email: 'e2e-bob@example.org', password: 'e2e-bob-password' };
const ORGANISATION = 'Tenants (end to end)';
const KEY = 'e2e-key-of-grafana';
const SOURCE = { uid: 'e2e-tenants', name: 'LLM Cost by collector', type: 'llmcost-datasource', access: 'proxy' };

const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-e2e-'));

let collector: CollectorProcess;
let admin: APIRequestContext;
let organisation: number;

const call = (id: string, tenant: string, user_id: string, millions: number) => ({
  id,
  time: new Date(Date.now() - 3_600_000).toISOString(),
  tenant,
  project: `${tenant}-project`,
  user_id,
  provider: 'p',
  model: 'm',
  usage: { input_tokens: millions * 1_000_000, output_tokens: 0 },
});

const ok = async (
  reply: Promise<{ ok(): boolean; status(): number; text(): Promise<string> }>,
  ...others: number[]
) => {
  const got = await reply;
  expect(got.ok() || others.includes(got.status()), await got.text()).toBe(true);
};

async function useCollector(url: string): Promise<void> {
  const data = {
    enabled: true,
    jsonData: { collectorUrl: url, datasourceUid: SOURCE.uid },
    secureJsonData: { collectorToken: KEY },
  };
  await ok(admin.post('/api/plugins/llmcost-app/settings', { data }));
}

test.beforeAll(async ({ playwright, baseURL }) => {
  test.setTimeout(400_000);
  const configuration = path.join(folder, 'config.yaml');
  fs.writeFileSync(
    configuration,
    `grafana:\n  viewers:\n    - { user: ${ALICE.login}, tenants: [acme] }\n    - { user: ${BOB.login}, tenants: [globex] }\n    - { role: Admin, tenants: '*' }\n`
  );
  collector = await startCollector({
    dataDir: path.join(folder, 'data'),
    env: { LLMCOST_ADMIN_KEY: KEY, LLMCOST_CONFIG: configuration, GRAFANA_URL: baseURL },
  });
  const headers = { authorization: `Bearer ${KEY}` };
  const price = { provider: 'p', model: 'm', input: '1', output: '10' };
  expect((await collector.call('POST', '/v1/prices', price, headers)).status).toBe(201);
  const events = [
    call('a1', 'acme', ALICE.email, 3),
    call('a2', 'acme', 'somebody', 4),
    call('g1', 'globex', ALICE.login, 50),
    call('g2', 'globex', BOB.login, 60),
  ];
  expect((await collector.call('POST', '/v1/events', events, headers)).json.accepted).toBe(4);

  const global = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization } });
  await ok(global.post('/api/orgs', { data: { name: ORGANISATION } }), 409);
  const found = await global.get(`/api/orgs/name/${encodeURIComponent(ORGANISATION)}`);
  organisation = ((await found.json()) as { id: number }).id;
  for (const user of [ALICE, BOB]) {
    await ok(global.post('/api/admin/users', { data: { ...user, OrgId: organisation } }), 412);
  }
  await global.dispose();
  const extraHTTPHeaders = { authorization, 'x-grafana-org-id': String(organisation) };
  admin = await playwright.request.newContext({ baseURL, extraHTTPHeaders });
  await useCollector(collector.base);
  await admin.delete(`/api/datasources/uid/${SOURCE.uid}`);
  await ok(admin.post('/api/datasources', { data: { ...SOURCE, jsonData: { path: 'collector' } } }));
});

test.afterAll(async () => {
  await admin.dispose();
  await collector.stop();
  fs.rmSync(folder, { recursive: true, force: true });
});

/** Opens the app as somebody; a browser of their own. */
async function as(browser: Browser, baseURL: string | undefined, { login, password }: typeof ALICE, width = 1440) {
  const viewport = { width, height: 1100 };
  const context = await browser.newContext({ baseURL, viewport, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  expect((await context.request.post('/login', { data: { user: login, password } })).status()).toBe(200);
  return { context, page, request: context.request };
}

const rows = (page: Page) => page.getByRole('table').last().getByRole('row');

test('two Viewers see the costs of their own tenants, on pages and by the proxy', async ({ browser, baseURL }) => {
  for (const [user, own, cost, other] of [
    [ALICE, 'acme', '$7.00', 'globex'],
    [BOB, 'globex', '$110.00', 'acme'],
  ] as const) {
    const { context, page, request } = await as(browser, baseURL, user);
    await page.goto('/a/llmcost-app/explore?from=now-2d&to=now');
    await expect(rows(page).getByRole('button', { name: own, exact: true })).toBeVisible();
    await expect(rows(page)).toHaveCount(2);
    await expect(rows(page).last()).toContainText(cost);
    await expect(page.getByText(other)).toHaveCount(0);

    // By hand, and with what a browser may add: the proxy's headers and the collector's rules hold.
    const asked = {
      from: '2020-01-01T00:00:00Z',
      to: '2100-01-01T00:00:00Z',
      metrics: ['calls'],
      group_by: ['tenant'],
      filters: [{ dimension: 'tenant', operator: '=~', values: ['.*'] }],
    };
    const reply = await request.post('/api/plugin-proxy/llmcost-app/api/query', {
      data: asked,
      headers: { 'x-llmcost-via': 'nobody', 'x-grafana-id': 'forged', 'x-grafana-context': '{"OrgRole":"Admin"}' },
    });
    expect(((await reply.json()) as { rows: unknown[][] }).rows.map(([tenant]) => tenant)).toEqual([own]);
    expect(
      (await request.get(`/api/plugin-proxy/llmcost-app/api/events/${own === 'acme' ? 'g1' : 'a1'}`)).status()
    ).toBe(404);
    await context.close();
  }
});

test('a Viewer writes nothing through the proxy', async ({ browser, baseURL }) => {
  const { context, request } = await as(browser, baseURL, ALICE);
  const proxy = '/api/plugin-proxy/llmcost-app/api';
  const data = { provider: 'p', model: 'm2', input: '1', output: '1' };
  for (const route of ['prices', 'prices/map', 'prices/reprice', 'prices/undo', 'events', 'keys']) {
    expect([403, 404], route).toContain((await request.post(`${proxy}/${route}`, { data })).status());
  }
  for (const route of ['prices/audit', 'keys', 'KEYS', 'query/..%2fkeys', '..%2fv1%2fkeys']) {
    expect((await request.get(`${proxy}/${route}`)).status(), route).toBeGreaterThanOrEqual(400);
  }
  await context.close();
});

test('My usage is the own usage within the own tenants, wide and narrow', async ({ browser, baseURL }) => {
  for (const width of [1440, 390]) {
    const { context, page, request } = await as(browser, baseURL, ALICE, width);
    await page.goto('/a/llmcost-app/my-usage');
    // Of acme, under her address; what she used at globex is not hers to see.
    await expect(page.getByText('$3.00').first()).toBeVisible();
    await expect(page.getByText('globex')).toHaveCount(0);
    const wider = await request.get('/api/plugin-proxy/llmcost-app/api/me/usage?user_id=somebody');
    expect(wider.status()).toBe(400);
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(overflow).toBeLessThanOrEqual(0);
    await context.close();
  }
});

test('a Viewer reads prices and is offered no change', async ({ browser, baseURL }) => {
  const { context, page } = await as(browser, baseURL, ALICE);
  await page.goto('/a/llmcost-app/prices');
  await expect(page.getByText('Administrators can change prices.')).toBeVisible();
  await expect(rows(page)).toHaveCount(2);
  for (const name of ['Add override', 'Remove']) {
    await expect(page.getByRole('button', { name })).toHaveCount(0);
  }
  await context.close();
});

test('every page says that the collector is away', async ({ browser, baseURL }) => {
  await useCollector('http://127.0.0.1:9');
  try {
    const { context, page } = await as(browser, baseURL, BOB);
    for (const name of ['explore', 'prices', 'my-usage']) {
      await page.goto(`/a/llmcost-app/${name}`);
      await expect(page.getByText(/The collector can’t be reached from Grafana’s server/).first()).toBeVisible();
      await expect(page.getByRole('button', { name: 'Try again' })).toBeVisible();
    }
    await context.close();
  } finally {
    await useCollector(collector.base);
  }
});
