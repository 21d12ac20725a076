import { expect, test } from './fixtures';
import { pastDays } from './collector';

test('"New cost alert" opens the rule form, filled in with the query of the panel', async ({ page, request }) => {
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?${pastDays(2).url}&var-tenant=acme`);
  const panel = page.getByTestId('data-testid Panel header Top organizations').first();
  await expect(panel).toContainText('acme');
  await panel.hover();
  await panel.getByRole('button', { name: 'Menu for panel Top organizations' }).click();
  await page.getByRole('menuitem', { name: 'Extensions' }).hover();
  await page.getByRole('menuitem', { name: 'New cost alert' }).click();
  await expect(page).toHaveURL(/\/alerting\/new/);
  await expect(page.getByRole('textbox', { name: 'name' })).toHaveValue('Top organizations above threshold');
  const { searchParams } = new URL(page.url());
  const { queries, condition } = JSON.parse(searchParams.get('defaults') ?? '{}') as {
    condition: string;
    queries: Array<{ datasourceUid: string; model: { rawSql?: string } }>;
  };
  expect(queries[0]?.datasourceUid).toBe('llm-cost-postgres');
  expect(queries[0]?.model.rawSql).toContain("tenant IN ('acme')");

  // As Grafana's server will evaluate it: one alert for each tenant.
  const evaluated = await request.post('/api/v1/eval', {
    data: { data: queries, condition, now: new Date().toISOString() },
  });
  const { results } = (await evaluated.json()) as {
    results: Record<string, { frames: Array<{ schema: { fields: Array<{ labels?: Record<string, string> }> } }> }>;
  };
  const labels = results[condition]?.frames.flatMap(({ schema }) => schema.fields.map((field) => field.labels?.tenant));
  expect(labels).toEqual(['acme']);
});
