import type { APIRequestContext, Page } from '@playwright/test';
import { expect, test } from './fixtures';
import { failures, panel } from './screen';

const COLLECTOR = process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318';
const asAdmin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
const viewer = { name: 'Budget viewer', login: 'e2e-budget-viewer', password: 'e2e-viewer-password', OrgId: 1 };

interface Budget {
  id: string;
  name: string;
  spent: string;
  limit: string;
  state: string;
}

async function call<T>(request: APIRequestContext, method: string, path: string, data?: object): Promise<T> {
  const reply = await request.fetch(`${COLLECTOR}${path}`, { method, data });
  expect(reply.ok(), `${method} ${path}: ${await reply.text()}`).toBe(true);
  return (reply.status() === 204 ? undefined : await reply.json()) as T;
}

const make = (request: APIRequestContext, more: object): Promise<Budget> =>
  call(request, 'POST', '/v1/budgets', { amount: '4321', period: 'month', ...more });
const remove = (request: APIRequestContext, { id }: Pick<Budget, 'id'>) => call(request, 'DELETE', `/v1/budgets/${id}`);
const dollars = (amount: string): string => `$${Number(amount).toFixed(2)}`;

/** A name that no other run of this test has. */
const named = (what: string): string => `e2e ${what} ${Date.now()}`;
const menu = async (page: Page, name: string, item: string) => {
  await page.getByRole('button', { name: `Actions of ${name}` }).click();
  await page.getByText(item, { exact: true }).click();
};

test('a budget is made from an amount after a preview, stands as the API says, and is removed', async ({
  page,
  request,
}) => {
  const name = named('made');
  await page.goto('/a/llmcost-app/budgets');
  await page.getByRole('button', { name: 'New budget' }).first().click();
  const form = page.getByRole('dialog');
  await form.locator('#llmcost-budget-amount').fill('543.21');
  await form.locator('#llmcost-budget-name').fill(name);
  await expect(form.getByRole('region', { name: 'Preview' })).toContainText('would have fired');
  await form.getByRole('button', { name: 'Save' }).click();
  await expect(form).toBeHidden();
  const row = page.getByRole('row').filter({ hasText: name });
  await expect(row).toContainText('$543.21 / month');
  const { budgets } = await call<{ budgets: Array<Budget & { created_by: string }> }>(request, 'GET', '/v1/budgets');
  const made = budgets.find((one) => one.name === name)!;
  expect(made.created_by).toBe('admin');
  // The demo goes on meanwhile: the number of before or of after.
  await page.reload();
  const shown = Number((await row.innerText()).match(/\$(\d+\.\d\d)/)?.[1]);
  const after = await call<Budget>(request, 'GET', `/v1/budgets/${made.id}`);
  expect(shown).toBeGreaterThanOrEqual(Number(Number(made.spent).toFixed(2)));
  expect(shown).toBeLessThanOrEqual(Number(after.spent) + 0.01);
  await menu(page, name, 'Remove');
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(row).toBeHidden();
});

test('rules for a budget are made by Grafana in the name of the user, with the labels to route by', async ({
  page,
  request,
  playwright,
  baseURL,
}) => {
  const name = named('alerted');
  const budget = await make(request, { name, tenant: 'acme' });
  const grafana = await playwright.request.newContext({
    baseURL,
    extraHTTPHeaders: { ...asAdmin, 'x-disable-provenance': 'true' },
  });
  await page.goto('/a/llmcost-app/budgets');
  await menu(page, name, 'Alert me through …');
  await page.getByRole('dialog').getByRole('button', { name: 'Make the rules' }).click();
  const link = page.getByRole('link', { name: `${name} at 80%` });
  await expect(link).toBeVisible();
  const uid = /grafana\/([^/]+)\/view/.exec((await link.getAttribute('href')) ?? '')?.[1] ?? '';
  const reply = await grafana.get(`/api/v1/provisioning/alert-rules/${uid}`);
  expect(await reply.json()).toMatchObject({ labels: { severity: 'warning', threshold: '80%' } });
  await link.click();
  await expect(page.getByText(`${name} at 80%`).first()).toBeVisible();
  for (const one of [uid, uid.replace(/_80$/, '_100')]) {
    expect((await grafana.delete(`/api/v1/provisioning/alert-rules/${one}`)).ok()).toBe(true);
  }
  await grafana.dispose();
  await remove(request, budget);
});

test('what waits is shown with who and why, and approved by whoever is signed in', async ({ page, request }) => {
  const [name, agent] = [named('asked'), named('agent')];
  const budget = await make(request, {
    name,
    tenant: 'acme',
    scope: { agent: [agent] },
    amount: '1',
    hard: true,
    thresholds: [1],
    actions: { 1: ['approval'] },
  });
  const ask = { request_id: name, tenant: 'acme', agent, max_cost: '7.25', why: 'for the end-to-end test' };
  const { approval_ids: ids } = await call<{ approval_ids: string[] }>(request, 'POST', '/v1/authorize', ask);
  await page.goto('/a/llmcost-app/approvals');
  const card = page.getByRole('region').filter({ hasText: agent });
  await expect(card).toContainText('$7.25');
  await expect(card).toContainText('for the end-to-end test');
  await expect(card).toContainText('$0.00 of $1.00 spent');
  await card.getByRole('button', { name: 'Approve' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Approve' }).click();
  await expect(card).toBeHidden();
  const decided = await call(request, 'GET', `/v1/approvals/${ids[0]}`);
  expect(decided).toMatchObject({ state: 'approved', grant: 'once', decided_by: 'admin' });
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('row').filter({ hasText: agent })).toContainText('Approved once');
  await remove(request, budget);
});

test('the dashboard shows the same budget: state, line, status and thresholds', async ({ page, request }) => {
  const name = named('drawn');
  const budget = await make(request, { name, tenant: 'acme' });
  // Panels below the screen are not asked for.
  await page.setViewportSize({ width: 1440, height: 2400 });
  await page.goto('/d/llm-cost-budgets/llm-cost-budgets?var-tenant=acme&refresh=');
  await expect(panel(page, 'Budgets')).toContainText(name);
  const section = panel(page, 'Burn-down').getByRole('region', { name });
  await expect(section).toContainText(`of ${dollars(budget.limit).replace(/^\$4321.00$/, '$4.32K')}`);
  await expect(section.getByRole('img')).toBeAttached();
  await expect(panel(page, 'Status')).toContainText(name);
  await expect(panel(page, 'Projections')).toContainText('Next 30 days');
  await expect(failures(page)).toHaveCount(0);
  await remove(request, budget);
});

test('a Viewer sees budgets and approvals, and is told who may change them', async ({
  playwright,
  baseURL,
  browser,
}) => {
  const admin = await playwright.request.newContext({ baseURL, extraHTTPHeaders: asAdmin });
  // 412: there already.
  expect([200, 412]).toContain((await admin.post('/api/admin/users', { data: viewer })).status());
  await admin.dispose();
  const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const { login: user, password } = viewer;
  expect((await context.request.post('/login', { data: { user, password } })).status()).toBe(200);
  const page = await context.newPage();
  await page.goto('/a/llmcost-app/budgets');
  await expect(page.getByText('Editors and administrators can change budgets')).toBeVisible();
  await expect(page.getByRole('button', { name: 'New budget' })).toHaveCount(0);
  await page.goto('/a/llmcost-app/approvals');
  await expect(page.getByText('You can look, not decide')).toBeVisible();
  for (const [method, path] of [
    ['POST', 'budgets'],
    ['POST', 'approvals/7d3c0c1e-0000-4000-8000-000000000001/approve'],
  ] as const) {
    const reply = await context.request.fetch(`/api/plugin-proxy/llmcost-app/api/${path}`, { method, data: {} });
    expect(reply.status()).toBe(403);
  }
  await context.close();
});
