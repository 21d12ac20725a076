import {
  type DataTransformerConfig,
  type DataTransformerInfo,
  FieldType,
  getFieldDisplayName,
  standardTransformers,
  standardTransformersRegistry,
  toDataFrame,
  transformDataFrame,
} from '@grafana/data';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { lastValueFrom } from 'rxjs';
import { compile, isMetricName, metric, type MetricName } from '../query';
import { givenTemplates } from '../testing/templates';
import { compileForLater, compileForPanel } from './query/toPostgres';
import { type QueryContext, resolveFilters } from './query/toCostQuery';
import { valuesQuery } from './suggestions';
import { NOVEMBER } from '../testing/sources';
import { DATASOURCE_TYPE, type LlmCostQuery, type LlmCostVariableQuery } from './types';

interface Dashboard {
  templating: { list: Array<{ name: string; type: string; query: string | LlmCostVariableQuery }> };
  panels: Array<{ title: string; targets: LlmCostQuery[]; maxDataPoints?: number }>;
}

const folder = join(__dirname, '../../dashboards');
const dashboards = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Dashboard);
const targets = dashboards.flatMap(({ panels }) =>
  panels.flatMap(({ title, targets: list }) =>
    list
      // The price book is no query.
      .filter(({ datasource, reference }) => datasource?.type === DATASOURCE_TYPE && !reference)
      .map((target) => [`${title} ${target.refId}`, target] as const)
  )
);

const MONTH = 30 * 86_400_000;
const now = Date.parse('2026-11-22T09:17:31.123Z');
const context: QueryContext = {
  range: { from: now - MONTH, to: now },
  now,
  intervalMs: MONTH / 60,
  timeZone: 'UTC',
  scopedVars: {},
};

/** Lists and texts that some dashboards have besides. */
const own = ['service', 'run_id', 'trace_id'];
const bar = ['tenant', 'project', 'deployment', 'endpoint', 'provider', 'model', 'team', 'environment'];
const variables = (all: boolean) =>
  givenTemplates({
    ...Object.fromEntries([...bar, ...own].map((name) => [name, { value: [`${name}-1`, `${name}-2`], all }])),
    cost_type: { value: ['input', 'output'], all },
    split: { value: 'project' },
  });

it.each(targets)('%s can be answered, filtered or not', (_name, target) => {
  variables(true);
  const { filters } = compileForPanel(target, context).query;
  // What is left are conditions of the panel itself.
  expect(filters.flatMap(({ values }) => values).join()).not.toContain('-1');
  variables(false);
  const { sql } = compileForPanel(target, context).compiled;
  bar.forEach((name) => expect(sql).toContain(`${name} IN ('${name}-1', '${name}-2')`));
});

/** What only single calls know: what one cost, their times, their tools, and who is behind a trace. */
const ofSingleCalls = ({ metrics = [], groupBy = [] }: LlmCostQuery): boolean =>
  groupBy.includes('event_id') || metrics.some((name) => isMetricName(name) && metricOfCalls(name));
const metricOfCalls = (name: MetricName): boolean =>
  /^cost_p\d+$/.test(name) || metric(name).formula.kind === 'moment' || name === 'cost_per_tool_success';

it.each(targets.filter(([, target]) => !ofSingleCalls(target)))(
  '%s reads single calls for the edges of the range at most',
  (_name, target) => {
    variables(true);
    const { compiled } = compileForPanel(target, context);
    expect(compiled.source).toMatch(/usage_(\w+_)?1[dh]/);
  }
);

it.each(targets.filter(([, { format }]) => format === 'table'))('%s can become an alert rule', (_name, target) => {
  variables(false);
  expect(compileForLater(target, context).sql).toMatch(/\$__timeFrom\(\)|now\(\)/);
});

it('every list of the filter bar can be filled', () => {
  variables(false);
  const lists = dashboards.flatMap(({ templating }) => templating.list).filter(({ type }) => type === 'query');
  expect(lists.length).toBeGreaterThanOrEqual(bar.length);
  for (const { query } of lists) {
    const { dimension = '', filters = [] } = query as LlmCostVariableQuery;
    expect(
      compile(valuesQuery(dimension, resolveFilters(filters, { scopedVars: {} }), NOVEMBER), { dialect: 'grafana' }).sql
    ).toMatch(/public\.usage_(core_)?1d/);
  }
});

describe('Overview › Today, against yesterday', () => {
  const item = ({ id, name, ...rest }: DataTransformerInfo) => ({
    id,
    name,
    transformation: { id, name, ...rest },
    editor: () => null,
    imageDark: '',
    imageLight: '',
  });
  beforeAll(() =>
    standardTransformersRegistry.setInit(() => {
      const { filterByValueTransformer, concatenateTransformer, calculateFieldTransformer } = standardTransformers;
      return [item(filterByValueTransformer), item(concatenateTransformer), item(calculateFieldTransformer)];
    })
  );
  const file = JSON.parse(readFileSync(join(folder, 'llm-cost-overview.json'), 'utf8')) as {
    panels: Array<{ title: string; transformations?: DataTransformerConfig[] }>;
  };
  const steps = file.panels.find(({ title }) => title === 'Today')?.transformations ?? [];
  const frame = (refId: string, displayNameFromDS: string, value: number | null) =>
    toDataFrame({
      refId,
      fields: [{ name: 'total_cost', type: FieldType.number, values: [value], config: { displayNameFromDS } }],
    });

  it.each([
    ['more', 3, 2, 3, 0.5],
    ['less', 0.5, 2, 0.5, -0.75],
    ['nothing today', 0, 2, 0, -1],
    ['tiny amounts', 3e-9, 1e-9, 3e-9, 2],
    ['nothing yesterday, and no ∞', 3, 0, 3, NaN],
    ['nothing on both days', 0, 0, 0, NaN],
    ['yesterday without a price', 3, null, 3, NaN],
    ['today without a price, and not 100% less', null, 2, undefined, NaN],
  ])('%s', async (_name, today, yesterday, shown, change) => {
    const before = [frame('A', 'Cost today', today), frame('B', 'Cost yesterday until this time', yesterday)];
    const [after] = await lastValueFrom(transformDataFrame(steps, before));
    const valueOf = (name: string) =>
      after.fields.find((field) => getFieldDisplayName(field, after) === name)?.values.at(-1) as unknown;
    expect(valueOf('Cost today')).toBe(shown);
    const changed = valueOf('against yesterday until this time');
    if (Number.isNaN(change)) {
      expect(changed ?? NaN).toBeNaN();
    } else {
      expect(changed).toBeCloseTo(change, 10);
    }
  });
});
