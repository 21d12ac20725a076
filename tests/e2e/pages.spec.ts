import { expect, test } from './fixtures';
import { askCollector, pastDays } from './collector';

const range = pastDays(2);

test('Explore costs: the total and its parts are the collector’s, and the way in and back is in the address', async ({
  page,
  request,
}) => {
  const asked = { from: range.from, to: range.to, metrics: ['total_cost'] };
  const [[total] = []] = await askCollector(request, asked);
  const tenants = await askCollector(request, { ...asked, group_by: ['tenant'], order_by: 'total_cost' });
  await page.goto(`/a/llmcost-app/explore?${range.url}`);
  await expect(page.getByRole('definition').first()).toContainText(`$${Number(total).toFixed(2)}`);
  const rows = page.getByRole('table').last().getByRole('row');
  for (const [tenant, cost] of tenants) {
    await expect(rows.filter({ hasText: String(tenant) })).toContainText(`$${Number(cost).toFixed(2)}`);
  }
  const first = String(tenants[0]?.[0]);
  await page.getByRole('table').last().getByRole('button', { name: first, exact: true }).focus();
  await page.keyboard.press('Enter');
  await expect(page).toHaveURL(new RegExp(`in=tenant%3A${first}`));
  await expect(page.getByRole('definition').first()).toContainText(`$${Number(tenants[0]?.[1]).toFixed(2)}`);
  await page.goBack();
  await expect(page.getByRole('definition').first()).toContainText(`$${Number(total).toFixed(2)}`);
});

test('Explore costs goes on to Explore, with the same question', async ({ page }) => {
  await page.goto(`/a/llmcost-app/explore?${range.url}&in=tenant:acme&split=model`);
  await page.getByRole('button', { name: 'Explore', exact: true }).click();
  await expect(page).toHaveURL(/\/explore\?/);
  await expect(page.getByRole('combobox', { name: 'Values of Tenant' })).toBeVisible();
});

test('Explore costs as CSV has every row of the table', async ({ page, request }) => {
  const asked = { from: range.from, to: range.to, metrics: ['total_cost'], group_by: ['tenant'] };
  const tenants = await askCollector(request, asked);
  await page.goto(`/a/llmcost-app/explore?${range.url}`);
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'CSV' }).click();
  const stream = await (await download).createReadStream();
  let text = '';
  for await (const part of stream) {
    text += String(part);
  }
  expect(text.split('\r\n')[0]).toBe('tenant,total_cost,calls,total_cost_in_the_period_before');
  for (const [tenant] of tenants) {
    expect(text).toContain(`\r\n${String(tenant)},`);
  }
});

test('Prices: an override is added, seen and removed', async ({ page }) => {
  const model = `e2e-model-${Date.now()}`;
  await page.goto('/a/llmcost-app/prices');
  await page.getByRole('button', { name: 'Add override' }).click();
  const form = page.getByRole('dialog');
  await form.getByLabel('Provider').fill('e2e');
  await form.getByLabel('Model').fill(model);
  await form.getByLabel('Input').fill('1.25');
  await form.getByLabel('Output').fill('5');
  await form.getByRole('button', { name: 'Add', exact: true }).click();
  await expect(form).toBeHidden();
  await page.getByPlaceholder('Part of a model’s name').fill(model);
  const row = page.getByRole('row').filter({ hasText: model });
  await expect(row).toContainText('$1.25');
  // Asks again before it removes, and moves the button while it does: a click may meet neither.
  await expect(async () => {
    await row.getByRole('button', { name: 'Remove' }).last().click({ timeout: 5_000 });
    await expect(page.getByText('No price matches')).toBeVisible({ timeout: 3_000 });
  }).toPass();
  await page.getByRole('tab', { name: 'History' }).click();
  await expect(page.getByRole('row').filter({ hasText: 'Removed 1 price' }).first()).toContainText('admin');
});

test('Prices: a preview of pricing again changes nothing and adds up', async ({ page }) => {
  await page.goto('/a/llmcost-app/prices?tab=reprice');
  await page.getByLabel('Tenant').fill('nobody-of-that-name');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText('Nothing would change')).toBeVisible();
});

test('every page is drawn dark and light, wide and narrow, without a scroll bar across', async ({ page }) => {
  for (const name of ['explore', 'prices', 'prices?tab=unpriced', 'my-usage']) {
    for (const [theme, width] of [
      ['dark', 1440],
      ['light', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 900 });
      const address = `/a/llmcost-app/${name}`;
      await page.goto(`${address}${address.includes('?') ? '&' : '?'}theme=${theme}`);
      await expect(page.getByRole('table').or(page.getByText('No calls of yours in this time')).first()).toBeVisible();
      await expect(page.getByRole('alert')).toHaveCount(0);
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(overflow, `${name} at ${width}`).toBeLessThanOrEqual(0);
    }
  }
});
