import { expect, test } from './fixtures';
import type { APIRequestContext, Page } from '@playwright/test';
import { askCollector, pastDays } from './collector';

/** A dashboard as a user makes one: a repeated panel, an expression, ad-hoc filters. */
const UID = 'e2e-own-dashboard';
const SOURCE = { type: 'llmcost-datasource', uid: 'llm-cost' };
const EXPRESSION = { type: '__expr__', uid: '__expr__' };
const range = pastDays(2);

const total = (more: object = {}) => ({
  refId: 'A',
  datasource: SOURCE,
  metrics: ['total_cost'],
  format: 'table',
  ...more,
});
const ofTenant = { filters: [{ dimension: 'tenant', operator: '=', values: ['$tenant'] }] };
const stat = (id: number, title: string, targets: object[], more: object = {}) => ({
  id,
  type: 'stat',
  title,
  datasource: SOURCE,
  targets,
  gridPos: { x: 0, y: id * 4, w: 12, h: 4 },
  ...more,
});

const dashboard = {
  uid: UID,
  title: 'Own dashboard (end to end)',
  schemaVersion: 42,
  timezone: 'utc',
  templating: {
    list: [
      {
        name: 'tenant',
        type: 'query',
        datasource: SOURCE,
        query: { refId: 'tenant', dimension: 'tenant' },
        refresh: 2,
        multi: true,
        includeAll: true,
        current: { text: ['All'], value: ['$__all'] },
      },
      { name: 'filters', type: 'adhoc', datasource: SOURCE, filters: [] },
    ],
  },
  panels: [
    stat(1, 'Everything', [total(ofTenant)]),
    stat(2, 'Of $tenant', [total(ofTenant)], { repeat: 'tenant', repeatDirection: 'h' }),
    stat(3, 'Twice', [
      total({ hide: true, format: 'time_series', interval: '1d' }),
      { refId: 'S', datasource: EXPRESSION, type: 'reduce', reducer: 'sum', expression: 'A', hide: true },
      { refId: 'B', datasource: EXPRESSION, type: 'math', expression: '$S * 2' },
    ]),
  ],
};

let api: APIRequestContext;

test.beforeAll(async ({ playwright, baseURL }) => {
  const authorization = `Basic ${Buffer.from('admin:admin').toString('base64')}`;
  api = await playwright.request.newContext({ baseURL, extraHTTPHeaders: { authorization } });
  const made = await api.post('/api/dashboards/db', { data: { dashboard, overwrite: true } });
  expect(made.status(), await made.text()).toBe(200);
});

test.afterAll(async () => {
  await api.delete(`/api/dashboards/uid/${UID}`);
  await api.dispose();
});

const panel = (page: Page, title: string) => page.getByTestId(`data-testid Panel header ${title}`).first();
const usd = (amount: number) => `$${amount.toFixed(2)}`;

test('All is everything, a repeated panel is its own tenant, an expression sees the same numbers', async ({
  page,
  request,
}) => {
  const rows = await askCollector(request, {
    from: range.from,
    to: range.to,
    metrics: ['total_cost'],
    group_by: ['tenant'],
  });
  const cost = new Map(rows.map(([tenant, amount]) => [String(tenant), Number(amount)]));
  const sum = [...cost.values()].reduce((a, b) => a + b, 0);
  await page.goto(`/d/${UID}?${range.url}`);
  await expect(panel(page, 'Everything')).toContainText(usd(sum));
  await expect(panel(page, 'Of acme')).toContainText(usd(cost.get('acme') ?? NaN));
  await expect(panel(page, 'Of globex')).toContainText(usd(cost.get('globex') ?? NaN));
  await expect(panel(page, 'Twice')).toContainText((sum * 2).toPrecision(3));
});

test('an ad-hoc filter narrows every panel', async ({ page, request }) => {
  const filters = [{ dimension: 'provider', operator: '=', values: ['openai'] }];
  const [[cost] = []] = await askCollector(request, {
    from: range.from,
    to: range.to,
    metrics: ['total_cost'],
    filters,
  });
  await page.goto(`/d/${UID}?${range.url}&var-filters=${encodeURIComponent('provider|=|openai')}`);
  await expect(panel(page, 'Everything')).toContainText(usd(Number(cost)));
});
