import { type AdHocVariableFilter, CoreApp, LoadingState } from '@grafana/data';
import { lastValueFrom, of } from 'rxjs';
import { givenBackend } from '../testing/backend';
import { costSource, NOVEMBER, panelRequest, tableFrame, TestPostgres } from '../testing/sources';
import { givenTemplates } from '../testing/templates';
import type { LlmCostDataSource } from './DataSource';
import type { LlmCostQuery } from './types';

const byModel: LlmCostQuery = { refId: 'A', metrics: ['total_cost'], groupBy: ['model'], format: 'table' };
const run = (source: LlmCostDataSource, ...args: Parameters<typeof panelRequest>) =>
  lastValueFrom(source.query(panelRequest(...args)));

beforeEach(() => givenTemplates({ tenant: { value: ['acme', 'globex'] } }));

describe('a query', () => {
  it('is run by the PostgreSQL data source as part of the same request', async () => {
    const { source, postgres } = costSource();
    await run(source, [byModel], { requestId: 'SQR7', panelId: 3 });
    expect(postgres.requests[0]).toMatchObject({ requestId: 'SQR7', panelId: 3, range: NOVEMBER });
    expect(postgres.asked[0]).toEqual({
      refId: 'A',
      hide: undefined,
      // Its own reference, or Grafana would send the SQL back to us.
      datasource: { type: 'grafana-postgresql-datasource', uid: 'pg' },
      rawSql: expect.stringMatching(/^WITH base AS \(/),
      rawQuery: true,
      editorMode: 'code',
      format: 'table',
    });
  });

  it('comes back with names, units and a notice about what has no price', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => tableFrame({ model: ['gpt-4.1'], total_cost: [4], unpriced_calls: [2] });
    const { data } = await run(costSource(postgres).source, [byModel]);
    expect(data[0].fields.map((field: { config: unknown }) => field.config)).toMatchObject([
      { displayNameFromDS: 'Model' },
      { displayNameFromDS: 'Cost', unit: 'currencyUSD', decimals: 2 },
    ]);
    expect(data[0].meta.notices).toHaveLength(1);
  });

  it('that is hidden or only begun is not run', async () => {
    const { source, postgres } = costSource();
    const { data } = await run(source, [{ ...byModel, hide: true }, { refId: 'B' }, { refId: 'C', metrics: [] }]);
    expect(data).toEqual([]);
    expect(postgres.asked).toEqual([]);
  });

  it("that can't be answered doesn't keep the others from theirs", async () => {
    const { source, postgres } = costSource();
    const { errors } = await run(source, [
      byModel,
      { ...byModel, refId: 'B', metrics: ['retry_cost'], groupBy: ['cost_type'] },
    ]);
    expect(postgres.asked.map(({ refId }) => refId)).toEqual(['A']);
    expect(errors).toEqual([
      { refId: 'B', message: expect.stringMatching(/retry_cost can't be divided by cost type/) },
    ]);
  });

  it('has an error of the database with what to do about it', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => new Error('pq: relation "public.usage_1d" does not exist');
    const { errors } = await run(costSource(postgres).source, [byModel]);
    expect(errors?.[0].message).toMatch(/^The usage tables are missing\. Start the collector/);
  });

  it('fails with what to do when no PostgreSQL data source is chosen', async () => {
    await expect(run(costSource(new TestPostgres(), {}).source, [byModel])).rejects.toThrow(
      /choose the one that reads/
    );
  });

  it('passes the loading state on', async () => {
    const { source, postgres } = costSource();
    jest.spyOn(postgres, 'query').mockReturnValue(of({ data: [], state: LoadingState.Streaming }));
    expect((await run(source, [byModel])).state).toBe(LoadingState.Streaming);
  });
});

describe('for expressions and Explore', () => {
  const resolve = (query: LlmCostQuery, adHoc?: AdHocVariableFilter[]) =>
    costSource().source.interpolateVariablesInQueries(
      [query],
      { __interval_ms: { text: '', value: 3_600_000 } },
      adHoc
    )[0];

  it('the query is a superset: SQL for the server, and the question for the editor', () => {
    const resolved = resolve({ ...byModel, filters: [{ dimension: 'tenant', operator: '=', values: ['$tenant'] }] });
    expect(resolved).toMatchObject({
      metrics: ['total_cost'],
      groupBy: ['model'],
      filters: [{ dimension: 'tenant', operator: '=', values: ['acme', 'globex'] }],
      datasource: { type: 'grafana-postgresql-datasource', uid: 'pg' },
      rawQuery: true,
      editorMode: 'code',
      format: 'table',
      rawSql: expect.stringContaining("tenant IN ('acme', 'globex')"),
    });
  });

  it('its range is filled in by the server, its interval is the panel’s', () => {
    const { rawSql } = resolve({ ...byModel, format: 'time_series' }) as unknown as { rawSql: string };
    expect(rawSql).toContain('$__timeFrom()::timestamptz');
    expect(rawSql).toContain("INTERVAL '1 hours'");
  });

  it('ad-hoc filters become filters of the query', () => {
    expect(resolve(byModel, [{ key: 'team', operator: '!=', value: 'core' }]).filters).toEqual([
      { dimension: 'team', operator: '!=', values: ['core'] },
    ]);
  });

  it('a query that is only begun stays as it is', () => {
    expect(resolve({ refId: 'A' })).toEqual({ refId: 'A', filters: [] });
  });

  it('"Filter for value" adds a filter, on what is a dimension', () => {
    const { source } = costSource();
    const modify = (type: string, key: string) =>
      source.modifyQuery(byModel, { type, options: { key, value: 'x' } }).filters;
    expect(modify('ADD_FILTER', 'team')).toEqual([{ dimension: 'team', operator: '=', values: ['x'] }]);
    expect(modify('ADD_FILTER_OUT', 'team')).toEqual([{ dimension: 'team', operator: '!=', values: ['x'] }]);
    expect(modify('ADD_FILTER', 'total_cost')).toBeUndefined();
  });
});

describe('ad-hoc filters', () => {
  it('offer every dimension, the cost type and the tags that calls carry', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => tableFrame({ key: ['tags.ticket'] });
    const keys = await costSource(postgres).source.getTagKeys({ filters: [], timeRange: NOVEMBER });
    expect(keys.map(({ value }) => value)).toEqual(
      expect.arrayContaining(['tenant', 'user_id', 'cost_type', 'tags.ticket'])
    );
  });

  it('can be chosen while the database is away', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => new Error('connection refused');
    const keys = await costSource(postgres).source.getTagKeys({ filters: [], timeRange: NOVEMBER });
    expect(keys.length).toBeGreaterThan(20);
  });

  it('offer values that occur with the other filters', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => tableFrame({ model: ['gpt-4.1'] });
    const values = await costSource(postgres).source.getTagValues({
      key: 'model',
      filters: [
        { key: 'tenant', operator: '=', value: 'acme' },
        { key: 'team', operator: '>', value: 'x' },
      ],
      timeRange: NOVEMBER,
    });
    expect(values).toEqual([{ text: 'gpt-4.1', value: 'gpt-4.1' }]);
    expect(postgres.asked[0].rawSql).toContain("tenant IN ('acme')");
  });

  it('that cannot be applied are struck through with the reason, not left out silently', async () => {
    const { source } = costSource();
    const filters = [
      { key: 'model', operator: '=|', value: 'a', values: ['a', 'b'] },
      { key: 'model', operator: '<', value: 'a' },
      { key: 'colour', operator: '=', value: 'red' },
    ];
    const found = await source.getDrilldownsApplicability({ filters });
    expect(found.map(({ applicable }) => applicable)).toEqual([true, false, false]);
    expect(found[1].reason).toMatch(/has no order/);
  });
});

it('a query is summed up in words', () => {
  const { source } = costSource();
  expect(
    source.getQueryDisplayText({ refId: 'A', metrics: ['total_cost', 'calls'], groupBy: ['model', 'tags.x'] })
  ).toBe('Cost, Calls by Model, x');
  expect(source.getQueryDisplayText(source.getDefaultQuery(CoreApp.Explore) as LlmCostQuery)).toBe('Cost by Model');
});

describe('SQL of the user’s own', () => {
  const own: LlmCostQuery = { ...byModel, refId: 'S', sql: 'SELECT model, total_cost FROM t WHERE tenant = $tenant' };

  it('is run as it is, and columns that are called like metrics have their names and units', async () => {
    const postgres = new TestPostgres();
    postgres.answer = () => tableFrame({ model: ['gpt-4.1'], total_cost: [4], mine: [1] });
    const { source } = costSource(postgres);
    const { data } = await run(source, [own]);
    // Variables are the PostgreSQL source's to fill in.
    expect(postgres.asked[0]).toMatchObject({ rawSql: own.sql, rawQuery: true, format: 'table' });
    expect(data[0].fields.map((field: { config: unknown }) => field.config)).toMatchObject([
      { displayNameFromDS: 'Model' },
      { displayNameFromDS: 'Cost', unit: 'currencyUSD' },
      {},
    ]);
  });

  it('stands beside queries of the builder', async () => {
    const { source, postgres } = costSource();
    postgres.answer = ({ refId }) => (refId === 'S' ? new Error('pq: syntax error') : tableFrame({ total_cost: [4] }));
    const { data, errors } = await run(source, [byModel, own]);
    expect(postgres.asked.map(({ refId }) => refId).sort()).toEqual(['A', 'S']);
    expect(data).toHaveLength(1);
    expect(errors).toEqual([{ refId: 'S', message: 'pq: syntax error' }]);
  });

  it('is not run while it is empty', async () => {
    const { source, postgres } = costSource();
    await run(source, [{ ...own, sql: ' ' }]);
    expect(postgres.asked).toEqual([]);
  });

  it('is refused by the collector, with what to do', async () => {
    const { source } = costSource(new TestPostgres(), { path: 'collector' });
    const { data, errors } = await run(source, [own]);
    expect(data).toEqual([]);
    expect(errors).toEqual([{ refId: 'S', message: expect.stringMatching(/takes no SQL.*Go back to the builder/) }]);
  });

  it('has its variables filled in for Grafana’s server, whose expressions know none', () => {
    givenTemplates({ tenant: { value: ['acme', "o'neil"] }, name: { value: "o'neil" } });
    const sql = "SELECT 1 WHERE tenant IN ($tenant) AND name = '$name'";
    expect(costSource().source.interpolateVariablesInQueries([{ ...own, sql }], {})[0]).toMatchObject({
      rawSql: "SELECT 1 WHERE tenant IN ('acme','o''neil') AND name = 'o''neil'",
      datasource: { uid: 'pg' },
      format: 'table',
    });
  });
});

describe('annotations', () => {
  const marks: LlmCostQuery = {
    refId: 'Anno',
    annotation: 'releases',
    filters: [{ dimension: 'tenant', operator: '=', values: ['$tenant'] }],
  };

  it('are read within the range and by the dashboard’s filters', async () => {
    const { source, postgres } = costSource();
    await run(source, [marks]);
    expect(postgres.asked[0]).toMatchObject({ refId: 'Anno', format: 'table' });
    expect(postgres.asked[0].rawSql).toMatch(/FROM public\.releases[^]*tenant IN \('acme', 'globex'\)/);
    expect(postgres.asked[0].rawSql).toContain('$__timeFrom()::timestamptz');
  });

  it('of budgets hold those over all tenants', async () => {
    const { source, postgres } = costSource();
    await run(source, [{ ...marks, annotation: 'budget_crossings' }]);
    expect(postgres.asked[0].rawSql).toContain("(tenant IS NULL OR (tenant IN ('acme', 'globex')))");
  });

  it('are asked for from the collector where it is the path, and come back as what Grafana marks', async () => {
    const columns = ['time', 'title', 'text', 'tags'].map((name) => ({
      name,
      type: name === 'time' ? 'time' : 'text',
    }));
    const rows = [['2026-11-03T10:00:00.000Z', 'api 7', 'Longer prompts', 'release']];
    const url = '/api/plugin-proxy/llmcost-app/api/annotations';
    const asked = givenBackend({ [url]: { data: { columns, rows } } });
    const { source, postgres } = costSource(new TestPostgres(), { path: 'collector' });
    const { data, errors } = await run(source, [marks]);
    expect(asked).toMatchObject([
      {
        method: 'POST',
        data: {
          annotation: 'releases',
          from: '2026-11-01T00:00:00.000Z',
          to: '2026-11-08T00:00:00.000Z',
          filters: [{ dimension: 'tenant', operator: '=', values: ['acme', 'globex'] }],
        },
      },
    ]);
    expect([errors, postgres.asked]).toEqual([[], []]);
    expect(data[0].fields).toMatchObject([
      { name: 'time', type: 'time', values: [Date.parse('2026-11-03T10:00:00Z')] },
      { name: 'title', values: ['api 7'] },
      { name: 'text', values: ['Longer prompts'] },
      { name: 'tags', values: ['release'] },
    ]);
  });

  it('that the collector refuses say why', async () => {
    givenBackend({});
    const { source } = costSource(new TestPostgres(), { path: 'collector' });
    expect((await run(source, [marks])).errors).toEqual([{ refId: 'Anno', message: expect.stringMatching(/not/) }]);
  });
});
