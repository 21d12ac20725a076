import { expect, test } from '@grafana/plugin-e2e';
import { pastDays } from './collector';
import { EVERY_DASHBOARD, failures, panel } from './screen';

const viewer = { name: 'Viewer', login: 'e2e-viewer', password: 'e2e-viewer-password', OrgId: 1 };
const asAdmin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };
const asViewer = { authorization: `Basic ${Buffer.from(`${viewer.login}:${viewer.password}`).toString('base64')}` };

test.beforeAll(async ({ playwright, baseURL }) => {
  const admin = await playwright.request.newContext({ baseURL, extraHTTPHeaders: asAdmin });
  const made = await admin.post('/api/admin/users', { data: viewer });
  // 412: there already.
  expect([200, 412]).toContain(made.status());
  await admin.dispose();
});

test('a Viewer sees the costs and can not write to the database', async ({ playwright, baseURL, browser }) => {
  const api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: asViewer });
  const ask = (rawSql: string) =>
    api.post('/api/ds/query', {
      data: {
        queries: [{ refId: 'A', datasource: { uid: 'llm-cost-postgres' }, rawSql, format: 'table', rawQuery: true }],
        from: 'now-1h',
        to: 'now',
      },
    });
  const read = await ask('SELECT count(*) FROM public.usage_1d');
  expect(read.status()).toBe(200);
  for (const sql of [
    'DELETE FROM public.usage_events',
    'CREATE TEMP TABLE usage_1d AS SELECT 1',
    'SELECT hash FROM public.api_keys',
    "SELECT pg_read_file('/etc/passwd')",
  ]) {
    const { results } = (await (await ask(sql)).json()) as { results: { A: { error?: string } } };
    expect(results.A.error, sql).toBeTruthy();
  }
  await api.dispose();

  const context = await browser.newContext({ baseURL, storageState: { cookies: [], origins: [] } });
  const page = await context.newPage();
  expect(
    (await context.request.post('/login', { data: { user: viewer.login, password: viewer.password } })).status()
  ).toBe(200);
  for (const [uid, title] of Object.entries(EVERY_DASHBOARD)) {
    await page.goto(`/d/${uid}/${uid}?${pastDays(2).url}`);
    await expect(panel(page, title)).toContainText(/\d/);
    await expect(failures(page)).toHaveCount(0);
  }
  await context.close();
});
