import { expect, test } from '@grafana/plugin-e2e';
import { pastDays } from './collector';

const range = pastDays(2);

function exploreUrl(query: object): string {
  const datasource = { type: 'llmcost-datasource', uid: 'llm-cost' };
  const panes = {
    a: {
      datasource: 'llm-cost',
      queries: [{ refId: 'A', datasource, metrics: ['total_cost'], format: 'time_series', ...query }],
      range: { from: String(Date.parse(range.from)), to: String(Date.parse(range.to)) },
    },
  };
  return `/explore?schemaVersion=1&orgId=1&panes=${encodeURIComponent(JSON.stringify(panes))}`;
}

test('the cost query editor draws one series a group, and another grouping draws others', async ({ page }) => {
  await page.goto(exploreUrl({ groupBy: ['model'], limit: 5 }));
  await expect(page.getByText('gpt-4.1-mini').first()).toBeVisible();

  const groupBy = page.getByRole('combobox', { name: 'Group by' });
  await groupBy.click();
  await groupBy.fill('Tenant');
  await page.getByRole('option', { name: 'Tenant Organisation that pays' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/acme/).first()).toBeVisible();
});
