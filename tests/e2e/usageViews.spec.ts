import { expect, test } from './fixtures';
import { failures, panel } from './screen';

/** A second source that reads through the collector, beside the shipped one that reads through PostgreSQL. */
const COLLECTOR = process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318';
const SOURCE = { uid: 'e2e-by-collector', name: 'LLM Cost by path', type: 'llmcost-datasource', access: 'proxy' };
const headers = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };

interface Table {
  columns: Array<{ name: string }>;
  rows: Array<Array<string | number | null>>;
}

test.beforeAll(async ({ playwright, baseURL }) => {
  const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: headers });
  const reply = await api.post('/api/datasources', { data: { ...SOURCE, jsonData: { path: 'collector' } } });
  expect([200, 409]).toContain(reply.status());
  await api.dispose();
});
test.afterAll(async ({ playwright, baseURL }) => {
  const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: headers });
  await api.delete(`/api/datasources/uid/${SOURCE.uid}`);
  await api.dispose();
});

test('Releases and Efficiency show the same by either path', async ({ page, request }) => {
  const [to, month] = [Date.now(), 30 * 86_400_000];
  const [from, until] = [new Date(to - month).toISOString(), new Date(to).toISOString()];
  const reply = await request.get(`${COLLECTOR}/v1/usage/views/releases?from=${from}&to=${until}&tenant=acme`);
  const { columns, rows } = (await reply.json()) as Table;
  expect(columns[0]?.name).toBe('In words');
  const verdict = String(rows[0]?.[0]);
  for (const source of ['llm-cost', SOURCE.uid]) {
    const address = `from=${to - month}&to=${to}&var-tenant=acme&var-ds=${source}`;
    await page.goto(`/d/llm-cost-releases/llm-cost-releases?${address}`);
    await expect(panel(page, 'Releases and what they changed')).toContainText(verdict);
    // The vertical lines: releases of the chosen tenant.
    await expect(panel(page, 'Cost per request').getByTestId('data-testid annotation-marker').first()).toBeAttached();
    await expect(failures(page)).toHaveCount(0);
    await page.goto(`/d/llm-cost-efficiency/llm-cost-efficiency?${address}`);
    await page.mouse.move(700, 700);
    // What is out of view isn't there yet, so the page grows while it is scrolled.
    await expect(async () => {
      await page.mouse.wheel(0, 2000);
      await expect(panel(page, 'Daily budget variance')).toContainText('Against the week before', { timeout: 5000 });
    }).toPass();
    await expect(failures(page)).toHaveCount(0);
  }
});
