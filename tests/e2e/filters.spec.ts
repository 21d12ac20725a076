import { askCollector, pastDays } from './collector';
import { expect, test } from './fixtures';
import { DASHBOARDS, failures, NUMBERS, panel, short, usd } from './screen';

const range = pastDays(3);
const days = { from: range.from, to: range.to };

/** A list of the filter bar and an ad-hoc filter by hand, as a link has them. */
const filters = [
  { dimension: 'tenant', operator: '=', values: ['acme', 'globex'] },
  { dimension: 'provider', operator: '=', values: ['openai'] },
  { dimension: 'feature', operator: '!=', values: ['nothing-of-this-name'] },
];
const inUrl = `var-tenant=acme&var-tenant=globex&var-provider=openai&var-filters=${encodeURIComponent('feature|!=|nothing-of-this-name')}`;

for (const uid of Object.keys(DASHBOARDS) as Array<keyof typeof DASHBOARDS>) {
  test(`${uid} obeys lists and ad-hoc filters`, async ({ page, request }) => {
    const metrics = [NUMBERS[uid]];
    const [[number] = []] = await askCollector(request, { ...days, filters, metrics });
    const [[all] = []] = await askCollector(request, { ...days, metrics });
    expect(number).not.toBe(all);
    await page.goto(`/d/${uid}/${uid}?${range.url}&refresh=&${inUrl}`);
    const text = metrics[0] === 'total_cost' ? usd(number) : short(number);
    await expect(panel(page, DASHBOARDS[uid])).toContainText(text);
    await expect(failures(page)).toHaveCount(0);
  });
}

test('a list of the filter bar is narrowed by those before it', async ({ page, request }) => {
  const ofTenant = [{ dimension: 'tenant', operator: '=', values: ['northwind'] }];
  const list = async (more: object) =>
    (await askCollector(request, { ...days, metrics: ['calls'], group_by: ['project'], ...more })).map(([name]) =>
      String(name)
    );
  const own = await list({ filters: ofTenant });
  const others = (await list({})).filter((name) => !own.includes(name));
  expect(others.length).toBeGreaterThan(0);
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?${range.url}&refresh=&var-tenant=northwind`);
  await expect(panel(page, 'Top organizations')).toContainText('northwind');
  const lists = page.getByTestId('data-testid template variable');
  // "Split by" says Project too.
  await lists
    .filter({ hasText: /^Project/ })
    .getByRole('combobox')
    .click();
  for (const name of own) {
    await expect(page.getByRole('option', { name })).toBeVisible();
  }
  for (const name of others) {
    await expect(page.getByRole('option', { name })).toHaveCount(0);
  }
});
