import { expect, test } from './fixtures';
import type { APIRequestContext } from '@playwright/test';

const asAdmin = { authorization: `Basic ${Buffer.from('admin:admin').toString('base64')}` };

const POSTGRES = {
  uid: 'e2e-away',
  name: 'Database that is away',
  type: 'grafana-postgresql-datasource',
  access: 'proxy',
  url: '127.0.0.1:9',
  user: 'nobody',
  jsonData: { database: 'nothing', sslmode: 'disable' },
};
const COST = {
  uid: 'e2e-cost-away',
  name: 'LLM Cost that is away',
  type: 'llmcost-datasource',
  access: 'proxy',
  jsonData: { postgresUid: POSTGRES.uid },
};

let api: APIRequestContext;

test.beforeAll(async ({ playwright, baseURL }) => {
  api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: asAdmin });
  for (const source of [POSTGRES, COST]) {
    await api.delete(`/api/datasources/uid/${source.uid}`);
    expect((await api.post('/api/datasources', { data: source })).ok()).toBe(true);
  }
});

test.afterAll(async () => {
  for (const { uid } of [COST, POSTGRES]) {
    await api.delete(`/api/datasources/uid/${uid}`);
  }
  await api.dispose();
});

test('with the database away, panels say so and nothing claims that there were no calls', async ({ page }) => {
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?var-ds=${COST.uid}`);
  const panel = page.getByTestId('data-testid Panel header Token distribution').first();
  await expect(panel).toContainText('The database can’t be reached.');
  await expect(panel).not.toContainText('No calls');
  // Grafana's own panels have one text for both.
  const chart = page.getByTestId('data-testid Panel header Model costs').first();
  await expect(chart).toContainText('With a red mark above, asking failed instead');
  for (const [uid, title] of [
    ['llm-cost-users', 'Top cost users'],
    ['llm-cost-models', 'Recommendations'],
    ['llm-cost-run', 'Run: none'],
  ]) {
    await page.goto(`/d/${uid}/${uid}?var-ds=${COST.uid}`);
    await expect(page.getByTestId(`data-testid Panel header ${title}`).first()).toContainText(
      'The database can’t be reached.'
    );
  }
});

test('"Save & test" of a data source says what is wrong with it', async ({ page }) => {
  await page.goto(`/connections/datasources/edit/${COST.uid}`);
  await page.getByRole('button', { name: /Save & test|Test/ }).click();
  await expect(page.getByText('The database can’t be reached.', { exact: false }).first()).toBeVisible();
});
