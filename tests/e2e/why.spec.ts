import { expect, test } from './fixtures';
import { pastDays } from './collector';
import { panel, usd } from './screen';

const COLLECTOR = process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318';
const range = pastDays(2);

interface Report {
  before: { cost: string };
  after: { cost: string };
  difference: string;
  factors: Array<{ label: string; amount: string }>;
  who: Array<{ dimension: string; movers: Array<{ value: string; after: string }> }>;
  sentence: string;
}

test('Why did it change? says what the collector says, adds up, and leads on', async ({ page, request }) => {
  const reply = await request.post(`${COLLECTOR}/v1/reports/why-changed`, {
    data: { from: range.from, to: range.to, filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }] },
  });
  const report = (await reply.json()) as Report;
  await page.goto(`/a/llmcost-app/why?${range.url}&var-tenant=acme`);
  await expect(page.getByText(report.sentence)).toBeVisible();
  const causes = page.getByRole('table', { name: 'What changed' });
  await expect(causes.getByRole('row', { name: 'Before' })).toContainText(usd(report.before.cost));
  await expect(causes.getByRole('row', { name: 'After' })).toContainText(usd(report.after.cost));
  for (const { label, amount } of report.factors) {
    const sign = Number(amount) > 0 ? '+' : Number(amount) < 0 ? '−' : '';
    await expect(causes.getByRole('row', { name: new RegExp(`^${label}`) })).toContainText(`${sign}$`);
  }
  // Without a rest, to the twelfth decimal.
  const pico = (text: string) => {
    const [, sign, whole, rest = ''] = /^(-?)(\d+)(?:\.(\d+))?$/.exec(text) ?? [];
    return BigInt(`${sign ?? ''}${whole}${rest.padEnd(12, '0')}`);
  };
  expect(report.factors.reduce((sum, { amount }) => sum + pico(amount), 0n)).toBe(pico(report.difference));
  const model = report.who.find(({ dimension }) => dimension === 'model')?.movers[0];
  await page.getByRole('table', { name: 'By Model' }).getByRole('link', { name: model?.value, exact: true }).click();
  await expect(page).toHaveURL(/\/explore\?.*in=model/);
  await expect(page.getByRole('definition').first()).toContainText(usd(model?.after));
});

test('as a panel: asked when its row is opened, and leads to the page with the same periods', async ({ page }) => {
  const asked: string[] = [];
  page.on('request', (one) => one.url().includes('why-changed') && asked.push(one.url()));
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?${range.url}&var-tenant=acme`);
  await expect(panel(page, 'Total spend')).toContainText('$');
  expect(asked).toEqual([]);
  // What is out of view isn't there yet, so the page grows while it is scrolled.
  const row = page.getByRole('button', { name: 'Expand row' });
  await page.mouse.move(700, 700);
  await expect(async () => {
    await page.mouse.wheel(0, 2000);
    await expect(row).toBeInViewport({ timeout: 1000 });
  }).toPass();
  await row.click();
  const change = panel(page, 'This time range and the period before');
  await change.scrollIntoViewIfNeeded();
  await expect(change.getByRole('table', { name: 'What changed' })).toBeVisible();
  const sentence = await change.getByText(/^Cost (rose|fell) by/).textContent();
  await change.getByRole('link', { name: 'Open as a page' }).click();
  await expect(page).toHaveURL(/\/a\/llmcost-app\/why\?.*filter=tenant%7C%3D%7Cacme/);
  await expect(page.getByText(String(sentence))).toBeVisible();
});

test('from the menu of a panel, with its time and filters', async ({ page }) => {
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?${range.url}&var-tenant=acme`);
  const tenants = panel(page, 'Top organizations');
  await expect(tenants).toContainText('acme');
  await tenants.hover();
  await tenants.getByRole('button', { name: 'Menu for panel Top organizations' }).click();
  await page.getByRole('menuitem', { name: 'Extensions' }).hover();
  await page.getByRole('menuitem', { name: 'Why did it change?' }).click();
  await expect(page).toHaveURL(/\/a\/llmcost-app\/why\?.*filter=tenant%7C%3D%7Cacme/);
  await expect(page.getByRole('table', { name: 'What changed' })).toBeVisible();
});

test('from a spike on a dashboard in two clicks', async ({ page }) => {
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?${pastDays(7).url}&var-tenant=acme`);
  const chart = panel(page, 'Model costs');
  await expect(chart.getByRole('row').nth(1)).toContainText('$');
  await chart.locator('.u-over').click();
  // The menu of the app has a link of that name too.
  await page.locator('a[href*="/llmcost-app/why?at="]').first().click();
  await expect(page).toHaveURL(/\/a\/llmcost-app\/why\?at=\d+/);
  await expect(page.getByRole('table', { name: 'What changed' })).toBeVisible();
});
