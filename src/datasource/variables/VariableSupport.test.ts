import { lastValueFrom } from 'rxjs';
import { costSource, panelRequest, tableFrame, TestPostgres } from '../../testing/sources';
import { givenTemplates } from '../../testing/templates';
import { LlmCostDataSource } from '../DataSource';
import type { LlmCostVariableQuery } from '../types';
import { LlmCostVariableSupport } from './VariableSupport';

const list = async (postgres: TestPostgres, query: Partial<LlmCostVariableQuery>) => {
  const { source } = costSource(postgres);
  const request = { ...panelRequest([]), targets: [{ refId: 'v', ...query }] };
  const { data } = await lastValueFrom(new LlmCostVariableSupport(source).query(request));
  return data[0].fields.map(({ name, values }: { name: string; values: string[] }) => [name, values]);
};

afterEach(() => jest.restoreAllMocks());
beforeEach(() => givenTemplates({ tenant: { value: ['acme'] }, project: { value: ['x'], all: true } }));

it('lists the values of a dimension, narrowed by other variables; All does not narrow', async () => {
  const postgres = new TestPostgres();
  postgres.answer = () => tableFrame({ model: ['gpt-4.1', '(not set)'] });
  const filters = [
    { dimension: 'tenant', operator: '=' as const, values: ['$tenant'] },
    { dimension: 'project', operator: '=' as const, values: ['$project'] },
  ];
  expect(await list(postgres, { dimension: 'model', filters })).toEqual([
    ['text', ['gpt-4.1', '(not set)']],
    ['value', ['gpt-4.1', '(not set)']],
  ]);
  expect(postgres.asked[0].rawSql).toContain("tenant IN ('acme')");
  expect(postgres.asked[0].rawSql).not.toContain('project IN');
});

it('shows cost types by their names', async () => {
  const [[, texts], [, values]] = await list(new TestPostgres(), { dimension: 'cost_type' });
  expect([texts[1], values[1]]).toEqual(['Cache read', 'cache_read']);
});

it('says what is wrong with an unknown dimension', async () => {
  await expect(list(new TestPostgres(), { dimension: 'colour' })).rejects.toThrow(/no dimension "colour"/);
});

it('asks for all lists of the dashboard in one request, and then answers them from it', async () => {
  const by = (name: string) => ({ dimension: name, operator: '=' as const, values: [`$${name}`] });
  const model = { refId: 'm', dimension: 'model', filters: [by('tenant')] };
  givenTemplates({
    ds: { value: 'cost' },
    tenant: { value: ['acme'], query: { dimension: 'tenant', filters: [] }, source: '${ds}' },
    model: { value: ['$__all'], all: true, query: model, source: '${ds}' },
    region: { value: ['eu'], query: { dimension: 'team', filters: [] }, source: 'another' },
    host: { value: ['a'], query: { label: 'host' }, source: 'cost' },
  });
  const postgres = new TestPostgres();
  postgres.answer = ({ refId }) => tableFrame({ value: [refId] });
  const support = new LlmCostVariableSupport(costSource(postgres).source);
  const ask = async (query: object) => {
    const request = { ...panelRequest([]), targets: [{ refId: 'v', ...query }] };
    return (await lastValueFrom(support.query(request))).data[0].fields[1].values;
  };
  const values = jest.spyOn(LlmCostDataSource.prototype, 'values');
  expect(await ask({ dimension: 'tenant', filters: [] })).toEqual(['values-tenant']);
  expect(values).toHaveBeenCalledTimes(3);
  // What is known is not looked for with all the others once more.
  expect(await ask(model)).toEqual(['values-model']);
  expect(values).toHaveBeenCalledTimes(4);
  expect(postgres.requests).toHaveLength(1);
  expect(postgres.asked.map(({ refId }) => refId)).toEqual(['values-tenant', 'values-model']);
  expect(postgres.asked[1].rawSql).toContain("tenant IN ('acme')");
});
