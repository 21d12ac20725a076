import { expect, test } from './fixtures';
import { askCollector, pastDays } from './collector';

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
  // What was typed can be a tag too; the dimension it means comes before that.
  await expect(page.getByRole('option').last()).toContainText('tags.Tenant');
  await page.getByRole('option', { name: 'Tenant Organisation that pays' }).click();
  await page.keyboard.press('Escape');
  await expect(page.getByText(/acme/).first()).toBeVisible();
});

test('the SQL of a query can be copied for a PostgreSQL panel or a rule, edited, and given up again', async ({
  page,
  request,
}) => {
  const days = { from: range.from, to: range.to };
  const [[cost]] = (await askCollector(request, { ...days, metrics: ['total_cost'] })) as [[string]];
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await page.goto(exploreUrl({ format: 'table' }));
  await page.getByRole('button', { name: 'SQL', exact: true }).click();
  await page.getByRole('button', { name: 'Copy as PostgreSQL query' }).click();
  const copied = await page.evaluate(() => navigator.clipboard.readText());
  expect(copied).toContain('$__timeFrom()');

  // As a PostgreSQL panel or a rule sends it.
  const datasource = { type: 'grafana-postgresql-datasource', uid: 'llm-cost-postgres' };
  const reply = await page.request.post('/api/ds/query', {
    data: {
      queries: [{ refId: 'A', datasource, rawSql: copied, rawQuery: true, format: 'table' }],
      from: String(Date.parse(range.from)),
      to: String(Date.parse(range.to)),
    },
  });
  const { results } = (await reply.json()) as { results: { A: { frames: Array<{ data: { values: number[][] } }> } } };
  expect(results.A.frames[0]?.data.values[0]?.[0]).toBeCloseTo(Number(cost), 6);

  await page.getByRole('button', { name: 'Edit SQL' }).click();
  const editor = page.getByRole('textbox', { name: /Editor content/ });
  await editor.focus();
  await page.keyboard.press('ControlOrMeta+a');
  await page.keyboard.insertText("SELECT 'mine' AS model, 42 AS total_cost");
  await page.keyboard.press('ControlOrMeta+s');
  await expect(page.getByText('$42.00').first()).toBeVisible();
  await expect(page.getByText('mine', { exact: true }).first()).toBeVisible();

  await page.getByRole('button', { name: 'Back to the builder' }).click();
  await page.getByRole('button', { name: 'Discard this SQL' }).click();
  await expect(page.getByRole('combobox', { name: 'Metrics' })).toBeVisible();
  await expect(page.getByText(`$${Number(cost).toFixed(2)}`).first()).toBeVisible();
});
