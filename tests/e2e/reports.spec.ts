import { postEvent } from './collector';
import { expect, test } from './fixtures';
import { usd } from './screen';

const COLLECTOR = process.env.LLMCOST_URL ?? 'http://127.0.0.1:4318';

interface Statement {
  total: string;
  sums: Array<{ tenant: string; team: string | null; amount: string }>;
  lines: unknown[];
}

/** The month before this one (UTC), which stands still; its call is our own, since the demo load may not reach so far. */
const now = new Date();
const month = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 1, 1)).toISOString().slice(0, 7);

test('Reports: the statement is the collector’s, its file too, and a line leads to its calls', async ({
  page,
  request,
}) => {
  await postEvent(request, {
    id: 'e2e-reports',
    time: `${month}-05T12:00:00Z`,
    tenant: 'e2e-reports',
    team: 'sales',
    provider: 'openai',
    model: 'gpt-4.1',
    operation: 'chat',
    usage: { input_tokens: 100_000, output_tokens: 10_000 },
  });
  const url = `${COLLECTOR}/v1/reports/chargeback?month=${month}&tenant=e2e-reports`;
  const ask = async () => (await (await request.get(url)).json()) as Statement;
  await expect.poll(async () => (await ask()).lines.length).toBeGreaterThan(0);
  const statement = await ask();
  await page.goto(`/a/llmcost-app/reports?month=${month}&tenant=e2e-reports`);
  await expect(page.getByRole('definition').first()).toContainText(usd(statement.total));
  const rows = page.getByRole('table', { name: 'Who is charged' }).getByRole('row');
  for (const { team, amount } of statement.sums) {
    await expect(rows.filter({ hasText: team ?? '(not set)' })).toContainText(usd(amount));
  }
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: 'FOCUS 1.2' }).click();
  const stream = await (await download).createReadStream();
  let text = '';
  for await (const part of stream) {
    text += String(part);
  }
  expect(text.trim().split('\r\n')).toHaveLength(statement.lines.length + 1);
  expect(text).toContain('BilledCost');
  await page
    .getByRole('table', { name: 'Lines' })
    .getByRole('link', { name: /calls$/ })
    .first()
    .click();
  await expect(page).toHaveURL(/\/explore\?.*filter=tenant%7C%3D%7Ce2e-reports/);
  await expect(page.getByRole('definition').first()).toContainText('$');
});

test('Reports: closing asks first, bills say what to do, and all is drawn light at 390 px', async ({
  page,
  request,
}) => {
  const listed = await request.get(`${COLLECTOR}/v1/chargeback/months`);
  const { months } = (await listed.json()) as { months: Array<{ month: string; state: string; can_close: boolean }> };
  const closing = months.find(({ can_close }) => can_close)?.month;
  await page.setViewportSize({ width: 390, height: 900 });
  const close = page.getByRole('button', { name: 'Close this month' });
  // On a stack whose months are all closed there is none to close, and nothing offers it.
  if (closing) {
    await page.goto(`/a/llmcost-app/reports?theme=light&month=${closing}`);
    await close.click();
    await expect(page.getByText(/It can’t be opened again/)).toBeVisible();
    await page.getByRole('button', { name: 'Cancel' }).click();
  }
  await page.goto(`/a/llmcost-app/reports?theme=light&month=${month}`);
  const state = months.find((one) => one.month === month)?.state;
  await expect(page.getByText(state === 'closed' ? /^closed: it does not change/ : /^open: late calls/)).toBeVisible();
  await expect(close).toHaveCount(closing === month ? 1 : 0);
  await expect(page.getByRole('table', { name: 'Who is charged' })).toBeVisible();
  const overflow = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
  expect(overflow).toBeLessThanOrEqual(0);
  await page.getByRole('radio', { name: 'Cost center', exact: true }).check({ force: true });
  await expect(page).toHaveURL(/by=cost_center/);
  await page.getByRole('tab', { name: 'Deliveries' }).click();
  await expect(page.getByText('Statements go nowhere by themselves yet')).toBeVisible();
  await page.getByRole('tab', { name: 'Shared costs' }).click();
  await expect(page.getByRole('button', { name: 'Share a cost' })).toBeVisible();
  await page.getByRole('tab', { name: 'Providers’ bills' }).click();
  await expect(page.getByText('No provider’s bill of this month was read')).toBeVisible();
});

test('Savings: the largest candidate is the collector’s, with its evidence, and becomes a scenario', async ({
  page,
  request,
}) => {
  const reply = await request.get(`${COLLECTOR}/v1/reports/savings?tenant=acme`);
  const { routing } = (await reply.json()) as { routing: Array<{ candidates: Array<{ model: string }> }> };
  await page.goto('/a/llmcost-app/what-if?tab=savings&tenant=acme');
  const row = page.getByRole('table', { name: 'Cheaper models' }).getByRole('row').nth(1);
  await expect(row).toContainText(routing[0]?.candidates[0]?.model ?? '');
  await expect(row).toContainText(/Evidence is thin|calls succeed/);
  await row.getByRole('link', { name: 'As a scenario' }).click();
  await expect(page.getByRole('group', { name: 'Change 1' })).toBeVisible();
  await expect(page.getByRole('table', { name: /how it is reckoned/ })).toBeVisible();
});
