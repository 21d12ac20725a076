import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { askCollector, pastDays } from './collector';
import { expect, test } from './fixtures';
import { panel } from './screen';

const range = pastDays(2);
const THEMES = ['dark', 'light'] as const;

/** What keeps people from using what is ours: the rest of the screen is Grafana's. Empty when nothing does. */
async function barriers(page: Page, ...ours: string[]): Promise<string[]> {
  const scan = ours.reduce((builder, selector) => builder.include(selector), new AxeBuilder({ page }));
  const { violations } = await scan.analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html.slice(0, 200)}`));
}

/** Every page of the app, with what stands there once its answer has come. */
const PAGES: Readonly<Record<string, RegExp>> = {
  'setup?x=': /Collector .* is running/,
  'explore?split=tenant': /By Tenant/,
  'why?x=': /Compared with|compared with/,
  'budgets?x=': /\d budgets?/,
  'approvals?x=': /Nothing waits|waits|Who asks/,
  'what-if?x=': /per month|a month|Month/,
  'what-if?tab=savings': /\$/,
  'reports?x=': /Who is charged/,
  'prices?x=': /USD per 1M tokens/,
  'prices?tab=unpriced': /Unpriced/,
  'my-usage?x=': /\d/,
};

for (const theme of THEMES) {
  for (const [path, there] of Object.entries(PAGES)) {
    test(`the page ${path} can be used by everybody, ${theme}`, async ({ page }) => {
      await page.goto(`/a/llmcost-app/${path}&${range.url}&theme=${theme}`);
      await expect(page.getByRole('main')).toContainText(there);
      await expect(page.getByText(/^Loading /)).toHaveCount(0);
      expect(await barriers(page, 'main')).toEqual([]);
    });
  }

  test(`our panels can be used by everybody, ${theme}`, async ({ page, request }) => {
    // Five dashboards, each of which is drawn and scanned.
    test.slow();
    const [[run] = []] = await askCollector(request, {
      ...{ from: range.from, to: range.to },
      metrics: ['total_cost'],
      group_by: ['run_id'],
      filters: [{ dimension: 'run_id', operator: '!=', values: [''] }],
      limit: 1,
    });
    const titles: Readonly<Record<string, readonly string[]>> = {
      'llm-cost-overview?x=': ['Token distribution', 'Top organizations'],
      'llm-cost-models?x=': ['Recommendations', 'Model list'],
      'llm-cost-users?x=': ['Top cost users'],
      'llm-cost-budgets?x=': ['Burn-down'],
      [`llm-cost-run?var-run_id=${encodeURIComponent(String(run))}`]: [`Run: ${String(run)}`],
    };
    for (const [path, list] of Object.entries(titles)) {
      await page.goto(`/d/${path}&${range.url}&theme=${theme}`);
      for (const title of list) {
        await expect(panel(page, title)).toContainText(/\d/);
      }
      const ours = list.map(
        (title) => `[data-testid="data-testid Panel header ${title}"] [data-testid="data-testid panel content"]`
      );
      expect(await barriers(page, ...ours), path).toEqual([]);
    }
  });
}

for (const [path, name] of [
  ['budgets', 'New budget'],
  ['prices', 'Add override'],
] as const) {
  test(`a form is reached, used and left with the keyboard: ${name}`, async ({ page }) => {
    await page.goto(`/a/llmcost-app/${path}`);
    const opener = page.getByRole('button', { name });
    await opener.focus();
    await page.keyboard.press('Enter');
    const form = page.getByRole('dialog');
    await expect(form).toBeVisible();
    await page.keyboard.press('Tab');
    await expect(form.locator(':focus')).toHaveCount(1);
    expect(await barriers(page, '[role="dialog"]')).toEqual([]);
    await page.keyboard.press('Escape');
    await expect(form).toHaveCount(0);
  });
}
