import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
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

/** What only single calls know: their times, their tools, and who is behind a trace. */
const ofSingleCalls = ({ metrics = [], groupBy = [] }: LlmCostQuery): boolean =>
  groupBy.includes('event_id') || metrics.some((name) => isMetricName(name) && metricOfCalls(name));
const metricOfCalls = (name: MetricName): boolean =>
  ['percentile', 'over', 'moment'].includes(metric(name).formula.kind) || name === 'cost_per_tool_success';

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
