import { expect, test } from './fixtures';
import type { Page } from '@playwright/test';
import { askCollector, pastDays } from './collector';
import { short, sticksOut } from './screen';

const DASHBOARD = '/d/llm-cost-overview/llm-cost-overview';
const range = pastDays(2);

const panel = (page: Page, title: string) => page.getByTestId(`data-testid Panel header ${title}`).first();

const usd = (amount: string | number | undefined) => `$${Number(amount).toFixed(2)}`;

test('the cards show what the collector says', async ({ page, request }) => {
  const [[cost, calls]] = (await askCollector(request, {
    ...range,
    url: undefined,
    metrics: ['total_cost', 'calls'],
  })) as [[string, number]];
  await page.goto(`${DASHBOARD}?${range.url}`);
  await expect(panel(page, 'Total spend')).toContainText(usd(cost));
  await expect(panel(page, 'Calls')).toContainText(short(calls));
});

test('a filter by tenant narrows every card', async ({ page, request }) => {
  const filters = [{ dimension: 'tenant', operator: '=', values: ['globex'] }];
  const [[cost]] = (await askCollector(request, {
    from: range.from,
    to: range.to,
    metrics: ['total_cost'],
    filters,
  })) as [[string]];
  await page.goto(`${DASHBOARD}?${range.url}&var-tenant=globex`);
  await expect(panel(page, 'Total spend')).toContainText(usd(cost));
  await expect(panel(page, 'Top organizations')).not.toContainText('acme');
});

test('no panel fails, dark and light, wide and narrow', async ({ page }) => {
  for (const [theme, width] of [
    ['dark', 1440],
    ['light', 1440],
    ['dark', 390],
  ] as const) {
    await page.setViewportSize({ width, height: 1100 });
    await page.goto(`${DASHBOARD}?${range.url}&theme=${theme}`);
    await expect(panel(page, 'Total spend')).toContainText('$');
    await expect(page.getByTestId('data-testid Panel status error')).toHaveCount(0);
    await expect.poll(() => sticksOut(page)).toEqual([]);
  }
});
