import { lastValueFrom } from 'rxjs';
import { givenBackend, type TestAnswer } from '../../testing/backend';
import { costSource, NOVEMBER, panelRequest, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import type { LlmCostQuery } from '../types';

const QUERY_URL = '/api/plugin-proxy/llmcost-app/api/query';
const reply = (columns: Array<[string, string]>, rows: unknown[][]): TestAnswer => ({
  data: { columns: columns.map(([name, type]) => ({ name, type, unit: null })), rows },
});
const byModel: LlmCostQuery = { refId: 'A', metrics: ['total_cost'], groupBy: ['model'], format: 'table' };

const postgres = new TestPostgres();
const source = () => costSource(postgres, { path: 'collector', postgresUid: 'pg' }).source;
const ask = async (...queries: LlmCostQuery[]) => lastValueFrom(source().query(panelRequest(queries)));

beforeEach(() => givenTemplates({}));
afterEach(() => expect(postgres.asked).toEqual([]));

it('asks the collector through the proxy, and names what comes back as on the other path', async () => {
  const asked = givenBackend({
    [QUERY_URL]: reply(
      [
        ['model', 'text'],
        ['total_cost', 'money'],
        ['unpriced_calls', 'integer'],
      ],
      [
        ['gpt-4.1', '4.5', 0],
        [null, null, 2],
      ]
    ),
  });
  const { data } = await ask({ ...byModel, filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }] });
  expect(asked[0]).toMatchObject({
    method: 'POST',
    requestId: 'Q1-A',
    showErrorAlert: false,
    data: {
      from: '2026-11-01T00:00:00.000Z',
      metrics: ['total_cost', 'unpriced_calls'],
      group_by: ['model'],
      filters: [{ dimension: 'tenant', operator: '=', values: ['acme'] }],
    },
  });
  expect(data[0].fields).toMatchObject([
    { name: 'model', values: ['gpt-4.1', '(not set)'], config: { displayNameFromDS: 'Model' } },
    { name: 'total_cost', values: [4.5, null], config: { unit: 'currencyUSD', noValue: 'No price' } },
  ]);
  expect(data[0].meta.notices).toHaveLength(1);
});

it('makes a series of each group, over the times of all of them', async () => {
  givenBackend({
    [QUERY_URL]: reply(
      [
        ['time', 'time'],
        ['model', 'text'],
        ['calls', 'integer'],
      ],
      [
        ['2026-11-01T00:00:00Z', 'b', 1],
        ['2026-11-01T00:00:00Z', 'a', 2],
        ['2026-11-02T00:00:00Z', 'a', 3],
      ]
    ),
  });
  const { data } = await ask({ refId: 'A', metrics: ['calls'], groupBy: ['model'], interval: '1d' });
  expect(data[0].fields.map(({ labels, values }: { labels: unknown; values: unknown[] }) => [labels, values])).toEqual([
    [undefined, [Date.parse('2026-11-01'), Date.parse('2026-11-02')]],
    [{ model: 'a' }, [2, 3]],
    [{ model: 'b' }, [1, 0]],
  ]);
  expect(data[0].length).toBe(2);
});

it('a metric that is a time is a number of ms, a duration is ms, and only the bucket is the frame’s time', async () => {
  const columns: Array<[string, string]> = [
    ['time', 'time'],
    ['started_at', 'time'],
    ['duration_p95', 'number'],
    ['calls', 'integer'],
  ];
  const bucket = '2026-11-01T00:00:00Z';
  const start = '2026-11-01T07:00:00.250Z';
  givenBackend({ [QUERY_URL]: reply(columns, [[bucket, start, 1_250.5, '9007199254740993']]) });
  const { data } = await ask({ refId: 'A', metrics: ['started_at', 'duration_p95', 'calls'], interval: '1d' });
  expect(data[0].fields).toMatchObject([
    { name: 'time', type: 'time', values: [Date.parse(bucket)] },
    { name: 'started_at', type: 'number', values: [Date.parse(start)], config: { unit: 'dateTimeAsIso' } },
    { name: 'duration_p95', type: 'number', values: [1_250.5], config: { unit: 'ms' } },
    { name: 'calls', type: 'number' },
  ]);
});

it('scales sums as SQL does, and leaves ratios and what is unpriced alone', async () => {
  const columns: Array<[string, string]> = [
    ['total_cost', 'money'],
    ['cost_per_call', 'money'],
    ['unpriced_calls', 'integer'],
  ];
  givenBackend({ [QUERY_URL]: reply(columns, [['7', '0.5', 14]]) });
  const { data } = await ask({ ...byModel, metrics: ['total_cost', 'cost_per_call'], groupBy: [], scale: 'per_day' });
  expect(data[0].fields.map(({ values }: { values: number[] }) => values[0])).toEqual([1, 0.5]);
  expect(data[0].meta.notices[0].text).toMatch(/^14 calls/);
});

it('one query that is refused leaves the others, and says why', async () => {
  givenBackend({ [QUERY_URL]: { status: 403, detail: 'no tenant is assigned to you' } });
  const { errors } = await ask(byModel);
  expect(errors).toEqual([{ refId: 'A', message: expect.stringMatching(/no tenant is assigned to you/) }]);
  givenBackend({ [QUERY_URL]: { status: 502 } });
  expect((await ask(byModel)).errors?.[0].message).toMatch(/can’t be reached from Grafana’s server/);
});

it('lists values and tags', async () => {
  const tagsUrl = '/api/plugin-proxy/llmcost-app/api/tags?from=2026-11-01T00:00:00.000Z&to=2026-11-08T00:00:00.000Z';
  givenBackend({
    [QUERY_URL]: reply(
      [
        ['project', 'text'],
        ['calls', 'integer'],
      ],
      [
        ['chat', 5],
        [null, 1],
      ]
    ),
    [tagsUrl]: { data: { tags: ['tags.ticket'] } },
  });
  expect(await source().values('project', [], NOVEMBER)).toEqual(['chat', '(not set)']);
  const keys = await source().getTagKeys({ filters: [], timeRange: NOVEMBER });
  expect(keys.map(({ value }) => value)).toContain('tags.ticket');
});

it('"Save & test" says how much the viewer sees', async () => {
  const status = { version: '1.0.0', events_total: 3, last_event_at: null, unpriced_calls_24h: 0, sources: [] };
  const url = '/api/plugin-proxy/llmcost-app/api/status';
  givenBackend({ [url]: { data: { ...status, tenants: ['acme'] } } });
  expect(await source().testDatasource()).toEqual({
    status: 'success',
    message: 'Collector 1.0.0: 3 calls. You see the tenant acme.',
  });
  givenBackend({ [url]: { data: { ...status, events_total: 0, tenants: ['acme'] } } });
  expect((await source().testDatasource()).status).toBe('warning');
  givenBackend({ [url]: { status: 401, detail: 'the token was issued by another' } });
  expect(await source().testDatasource()).toEqual({
    status: 'error',
    message: expect.stringMatching(/the token was issued by another/),
  });
});

it('has no SQL for server-side expressions', () => {
  const [query] = source().interpolateVariablesInQueries([byModel], {});
  expect(query).toEqual({ ...byModel, filters: [] });
});
