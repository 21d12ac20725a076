import { askCollector, postEvent } from './collector';
import { expect, test } from './fixtures';
import { panel } from './screen';

test('with a refresh, the cards move by themselves when a call arrives', async ({ page, request }, testInfo) => {
  const tenant = `live-${Date.now()}`;
  const call = (tokens: number) => ({
    tenant,
    project: 'live',
    time: new Date().toISOString(),
    provider: 'openai',
    model: 'gpt-4.1-mini',
    usage: { input_tokens: tokens, output_tokens: 1 },
  });
  await postEvent(request, call(1000));
  await page.goto(`/d/llm-cost-overview/llm-cost-overview?from=now-1h&to=now&refresh=5s&var-tenant=${tenant}`);
  await expect(panel(page, 'Tokens')).toContainText('1.00');
  await postEvent(request, call(2000));
  const arrived = Date.now();
  const filters = [{ dimension: 'tenant', operator: '=', values: [tenant] }];
  const range = { from: new Date(arrived - 3_600_000).toISOString(), to: new Date(arrived + 60_000).toISOString() };
  // What was acknowledged is in the next answer.
  expect(await askCollector(request, { ...range, filters, metrics: ['calls', 'total_tokens'] })).toEqual([[2, 3002]]);
  await expect(panel(page, 'Tokens')).toContainText('3.00');
  await expect(panel(page, 'Calls')).toContainText('2');
  const ms = Date.now() - arrived;
  testInfo.annotations.push({ type: 'from arrival to screen, ms', description: String(ms) });
});
