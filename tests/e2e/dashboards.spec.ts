import { expect, test } from './fixtures';
import type { APIRequestContext, Page } from '@playwright/test';
import { askCollector, pastDays } from './collector';
import { EVERY_DASHBOARD, failures, panel, short, sticksOut, usd } from './screen';

// Whole days that are over, so that the numbers stand still while the demo goes on.
const range = pastDays(3);
const days = { from: range.from, to: range.to };

/** The first row that the collector answers, by the names of its columns. */
async function first(request: APIRequestContext, query: { metrics: string[]; group_by?: string[]; limit?: number }) {
  const row = (await askCollector(request, { ...days, ...query }))[0] ?? [];
  const names = [...(query.group_by ?? []), ...query.metrics];
  return Object.fromEntries(names.map((name, i) => [name, row[i]]));
}

// Without refresh: on a slow machine the next one would cancel queries that are still running.
const open = (page: Page, uid: string, more = '') => page.goto(`/d/${uid}/${uid}?${range.url}&refresh=${more}`);

test('token usage: cards and trends', async ({ page, request }) => {
  const metrics = ['total_tokens', 'input_tokens', 'output_tokens', 'total_cost', 'cache_savings'];
  const total = await first(request, { metrics });
  await open(page, 'llm-cost-tokens');
  for (const name of ['total_tokens', 'input_tokens', 'output_tokens']) {
    await expect(panel(page, 'Tokens')).toContainText(short(total[name]));
  }
  await expect(panel(page, 'Cost')).toContainText(usd(total.total_cost));
  const top = await first(request, { metrics: ['total_cost'], group_by: ['deployment'], limit: 1 });
  await expect(panel(page, 'Cost trend by Deployment')).toContainText(String(top.deployment));
  await expect(failures(page)).toHaveCount(0);
});

test('model analytics: cards, recommendations and list', async ({ page, request }) => {
  const total = await first(request, { metrics: ['total_cost', 'calls', 'unpriced_calls'] });
  const top = await first(request, { metrics: ['total_cost', 'cost_share'], group_by: ['model'], limit: 1 });
  await open(page, 'llm-cost-models');
  await expect(panel(page, 'Total')).toContainText(usd(total.total_cost));
  await expect(panel(page, 'Concentration')).toContainText((Number(top.cost_share) * 100).toPrecision(3));
  await expect(panel(page, 'Top')).toContainText(String(top.model));
  await expect(panel(page, 'Top')).toContainText(usd(top.total_cost));
  const list = panel(page, 'Model list');
  await expect(list.getByRole('row').nth(1)).toContainText(`1${top.model}`);
  await expect(list.getByRole('row').nth(1)).toContainText(usd(top.total_cost));
  await expect(list.getByRole('row').last()).toContainText(usd(total.total_cost));
  await expect(list.getByRole('img', { name: /^Model list: total/ })).toContainText(usd(total.total_cost));
  const unpriced = Number(total.unpriced_calls).toLocaleString('en-US');
  const calls = Number(total.calls).toLocaleString('en-US');
  await expect(panel(page, 'Recommendations')).toContainText(`${unpriced} of ${calls} calls`);
  await expect(failures(page)).toHaveCount(0);
});

test('users: cards over users, and the ranked table with its most used models', async ({ page, request }) => {
  const all = await first(request, { metrics: ['users', 'cost_per_user', 'user_cost_p95', 'top_users_share'] });
  const top = await first(request, {
    metrics: ['total_cost', 'calls', 'top_model', 'top_model_ratio'],
    group_by: ['user_id'],
    limit: 1,
  });
  await open(page, 'llm-cost-users');
  await expect(panel(page, 'Active users')).toContainText(short(all.users));
  await expect(panel(page, 'Average per user')).toContainText(usd(all.cost_per_user));
  await expect(panel(page, 'Cost P95')).toContainText(usd(all.user_cost_p95));
  await expect(panel(page, 'Top 5%')).toContainText((Number(all.top_users_share) * 100).toPrecision(3));
  const row = panel(page, 'Top cost users')
    .getByRole('row')
    .filter({ hasText: String(top.user_id) })
    .first();
  await expect(row).toContainText(usd(top.total_cost));
  await expect(row).toContainText(String(top.top_model));
  await expect(failures(page)).toHaveCount(0);
});

test('agents and runs: averages, and a click that opens the run', async ({ page, request }) => {
  const all = await first(request, { metrics: ['runs', 'cost_per_run'] });
  await open(page, 'llm-cost-agents');
  await expect(panel(page, 'Runs')).toContainText(short(all.runs));
  await expect(panel(page, 'Runs')).toContainText(usd(all.cost_per_run));
  const filters = [{ dimension: 'run_id', operator: '!=', values: [''] }];
  const [[run, cost]] = (await askCollector(request, {
    ...days,
    filters,
    metrics: ['total_cost'],
    group_by: ['run_id'],
    limit: 1,
  })) as [[string, string]];
  await panel(page, 'Most expensive runs')
    .getByRole('link', { name: String(run) })
    .click();
  await expect(page).toHaveURL(new RegExp(`/d/llm-cost-run.*var-run_id=${String(run)}`));
  await expect(page).toHaveURL(new RegExp(`from=.*to=`));
  const whole = panel(page, `Run: ${String(run)}`)
    .getByRole('row')
    .last();
  await expect(whole).toContainText(usd(cost));
  await expect(whole).toContainText('100%');
  await expect(failures(page)).toHaveCount(0);
});

test('calls, latency and quality: the same calls', async ({ page, request }) => {
  const all = await first(request, {
    metrics: ['total_cost', 'calls', 'total_tokens', 'unpriced_calls', 'unpriced_tokens'],
  });
  await open(page, 'llm-cost-calls');
  await expect(panel(page, 'These calls')).toContainText(usd(all.total_cost));
  await expect(panel(page, 'These calls')).toContainText(short(all.calls));
  await open(page, 'llm-cost-latency');
  await expect(panel(page, 'Tokens and calls')).toContainText(short(all.total_tokens));
  await expect(panel(page, 'Cost beside latency')).toContainText('Duration, P95');
  await open(page, 'llm-cost-quality');
  await expect(panel(page, 'Unpriced')).toContainText(short(all.unpriced_calls));
  await expect(panel(page, 'Calls by source')).toContainText(short(all.calls));
  await expect(failures(page)).toHaveCount(0);
});

test('the same number is the same on all screens', async ({ page, request }) => {
  const [[cost]] = (await askCollector(request, { ...days, metrics: ['total_cost'] })) as [[string]];
  const total = usd(cost);
  for (const [uid, title] of [
    ['llm-cost-overview', 'Total spend'],
    ['llm-cost-overview', 'Top organizations'],
    ['llm-cost-overview', 'Model distribution'],
    ['llm-cost-tokens', 'Cost'],
    ['llm-cost-models', 'Total'],
    ['llm-cost-models', 'Model list'],
    ['llm-cost-users', 'Top cost users'],
    ['llm-cost-users', 'Segments'],
    ['llm-cost-agents', 'Agents'],
    ['llm-cost-calls', 'These calls'],
  ] as const) {
    if (!page.url().includes(uid)) {
      await open(page, uid);
    }
    await expect(panel(page, title), `${title} of ${uid}`).toContainText(total);
  }
});

test('filters narrow every dashboard, and a link to another one keeps them', async ({ page, request }) => {
  const filters = [{ dimension: 'tenant', operator: '=', values: ['globex'] }];
  const [[cost]] = (await askCollector(request, { ...days, filters, metrics: ['total_cost'] })) as [[string]];
  const [[model]] = (await askCollector(request, {
    ...days,
    filters,
    metrics: ['total_cost'],
    group_by: ['model'],
    limit: 1,
  })) as [[string]];
  await open(page, 'llm-cost-overview', '&var-tenant=globex');
  const list = panel(page, 'Model distribution');
  await expect(list.getByRole('row').last()).toContainText(usd(cost));
  await list.getByRole('link', { name: String(model) }).click();
  await expect(page).toHaveURL(/\/d\/llm-cost-models/);
  const { searchParams } = new URL(page.url());
  expect(searchParams.getAll('var-tenant')).toEqual(['globex']);
  expect(searchParams.getAll('var-model')).toEqual([model]);
  // Grafana writes times in either way.
  const from = searchParams.get('from') ?? '';
  expect(new Date(Number(from) || from).toISOString()).toBe(days.from);
  await expect(panel(page, 'Total')).toContainText('$');
});

test('with no calls, panels say so and what to do', async ({ page }) => {
  for (const [uid, title] of [
    ['llm-cost-users', 'Top cost users'],
    ['llm-cost-models', 'Model list'],
    ['llm-cost-models', 'Recommendations'],
    ['llm-cost-agents', 'Agents'],
    ['llm-cost-tokens', 'Token distribution'],
  ] as const) {
    if (!page.url().includes(uid)) {
      await open(page, uid, '&var-tenant=nobody-has-this-name');
    }
    await expect(panel(page, title)).toContainText('No calls in this time range');
  }
  await open(page, 'llm-cost-run');
  await expect(panel(page, 'Run: none')).toContainText('Open one from');
  await expect(failures(page)).toHaveCount(0);
});

// The Overview's are in a file of its own.
for (const [uid, title] of Object.entries(EVERY_DASHBOARD).filter(([one]) => one !== 'llm-cost-overview')) {
  test(`${uid} has no panel that fails, dark and light, wide and narrow, and nothing that sticks out`, async ({
    page,
  }) => {
    for (const [theme, width] of [
      ['dark', 1440],
      ['light', 1440],
      ['dark', 390],
    ] as const) {
      await page.setViewportSize({ width, height: 1100 });
      await open(page, uid, `&theme=${theme}`);
      await expect(panel(page, title)).toContainText(/\d/);
      await expect(failures(page)).toHaveCount(0);
      await expect.poll(() => sticksOut(page)).toEqual([]);
    }
  });
}
