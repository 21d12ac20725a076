import { createTheme, type DataFrame, formattedValueToString, getDisplayProcessor } from '@grafana/data';
import { lastValueFrom } from 'rxjs';
import { givenBackend } from '../../testing/backend';
import { costSource, panelRequest, tableFrame, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import type { LlmCostQuery } from '../types';

const URL = '/api/plugin-proxy/llmcost-app/api/budgets/views';
const target = (more: Partial<LlmCostQuery> = {}): LlmCostQuery => ({
  refId: 'A',
  reference: 'budgets',
  view: 'thresholds',
  filters: [
    { dimension: 'tenant', operator: '=', values: ['$tenant'] },
    { dimension: 'project', operator: '=', values: ['$project'] },
    { dimension: 'model', operator: '=', values: ['gpt-4.1'] },
  ],
  ...more,
});
const CHOSEN = { tenant: { value: ['acme', "glo'bex"] }, project: { value: ['$__all'], all: true } };

it('through PostgreSQL is the view’s SQL with the tenants of the filter bar, and nothing where a list is set to All', async () => {
  givenTemplates(CHOSEN);
  const postgres = new TestPostgres();
  postgres.answer = () => tableFrame({ Budget: ['one'], Used: [0.5] });
  const { data } = await lastValueFrom(costSource(postgres).source.query(panelRequest([target()])));
  expect(postgres.asked).toMatchObject([{ refId: 'A', format: 'table', rawQuery: true }]);
  expect(postgres.asked[0].rawSql).toContain(
    "FROM public.budget_threshold_status WHERE run_id IS NULL AND period <> 'run' AND tenant = ANY (ARRAY['acme', 'glo''bex']::text[]) AND true"
  );
  expect(data[0].fields).toMatchObject([
    { name: 'Budget', values: ['one'] },
    { name: 'Used', values: [0.5] },
  ]);
});

it('through the collector is asked for by name, and comes back as the same table', async () => {
  givenTemplates(CHOSEN);
  const columns = [
    { name: 'Budget', type: 'text' },
    { name: 'Threshold', type: 'number' },
    { name: 'Crossed', type: 'time' },
  ];
  const rows = [
    ['one', 0.8, '2026-11-20T10:00:00.000Z'],
    ['two', 1, null],
  ];
  const asked = givenBackend({ [`${URL}/thresholds?tenant=acme&tenant=glo%27bex`]: { data: { columns, rows } } });
  const postgres = new TestPostgres();
  const { source } = costSource(postgres, { path: 'collector' });
  const { data, errors } = await lastValueFrom(source.query(panelRequest([target()])));
  expect([asked.map(({ url }) => url), errors]).toEqual([[`${URL}/thresholds?tenant=acme&tenant=glo%27bex`], []]);
  expect(data[0]).toMatchObject({
    refId: 'A',
    fields: [
      { name: 'Budget', type: 'string', values: ['one', 'two'] },
      { name: 'Threshold', type: 'number', values: [0.8, 1] },
      { name: 'Crossed', type: 'time', values: [Date.parse('2026-11-20T10:00:00Z'), null] },
    ],
  });
  expect(postgres.asked).toEqual([]);
});

it('that the collector refuses says why, and leaves the others', async () => {
  givenTemplates({});
  const one = { columns: [{ name: 'Budget', type: 'text' }], rows: [['one']] };
  givenBackend({ [`${URL}/status`]: { status: 403, detail: 'no tenant' }, [`${URL}/states`]: { data: one } });
  const { source } = costSource(new TestPostgres(), { path: 'collector' });
  const queries = [target({ view: 'status', filters: [] }), target({ refId: 'B', view: 'states', filters: [] })];
  const { data, errors } = await lastValueFrom(source.query(panelRequest(queries)));
  expect(data.map(({ refId }: { refId?: string }) => refId)).toEqual(['B']);
  expect(errors).toEqual([{ refId: 'A', message: expect.stringMatching(/no tenant/) }]);
});

const usage = (more: Partial<LlmCostQuery> = {}): LlmCostQuery => ({
  refId: 'U',
  reference: 'usage',
  view: 'releases_by_model',
  filters: [
    { dimension: 'tenant', operator: '=', values: ['$tenant'] },
    { dimension: 'service', operator: '=', values: ['$service'] },
  ],
  ...more,
});
const SERVICES = { tenant: { value: ['acme'] }, service: { value: ['$__all'], all: true } };

it('about usage is of the panel’s range, by either path', async () => {
  givenTemplates(SERVICES);
  const postgres = new TestPostgres();
  await lastValueFrom(costSource(postgres).source.query(panelRequest([usage()])));
  expect(postgres.asked[0].rawSql).toContain(
    "WHERE tenant = ANY (ARRAY['acme']::text[]) AND true AND time >= '2026-11-01T00:00:00.000Z'::timestamptz AND time < '2026-11-08T00:00:00.000Z'::timestamptz\n  AND dimension = 'model'"
  );
  const range = 'from=2026-11-01T00:00:00.000Z&to=2026-11-08T00:00:00.000Z';
  const address = `/api/plugin-proxy/llmcost-app/api/usage/views/daily_spend?${range}&tenant=acme`;
  const columns = [
    { name: 'time', type: 'time' },
    { name: 'Against the week before', type: 'number' },
  ];
  givenBackend({ [address]: { data: { columns, rows: [['2026-11-02T00:00:00.000Z', 0.25]] } } });
  const { source } = costSource(new TestPostgres(), { path: 'collector' });
  const { data, errors } = await lastValueFrom(source.query(panelRequest([usage({ view: 'daily_spend' })])));
  expect(errors).toEqual([]);
  expect(data[0].fields).toMatchObject([
    { name: 'time', type: 'time', values: [Date.parse('2026-11-02T00:00:00Z')] },
    { name: 'Against the week before', type: 'number', values: [0.25] },
  ]);
});

it('amounts of USD have cents, and small ones as many digits as it takes', async () => {
  givenTemplates({});
  const postgres = new TestPostgres();
  postgres.answer = () => tableFrame({ Budget: ['a', 'b'], Spent: [57.2, 0.0229], Used: [0.5, 0.1], From: [160, 12] });
  const { data } = await lastValueFrom(costSource(postgres).source.query(panelRequest([target()])));
  const texts = (data[0] as DataFrame).fields.slice(1).map((field) => {
    const display = getDisplayProcessor({ field, theme: createTheme() });
    return field.values.map((value) => formattedValueToString(display(value)));
  });
  expect(texts).toEqual([
    ['$57.20', '$0.0229'],
    ['0.500', '0.100'],
    ['$160.00', '$12.00'],
  ]);
});
