import { type AdHocVariableFilter, type RawTimeRange, rangeUtil, type ScopedVars } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import { dimensionLabel, isMetricName, metric, type Metric, type Unit } from '../query';
import { contextOfScope } from '../datasource/query/context';
import { compileForLater } from '../datasource/query/toPostgres';
import { type LlmCostQuery, POSTGRES_TYPE } from '../datasource/types';

const EXPRESSION = { type: '__expr__', uid: '__expr__' };

/** A threshold to begin with, in the metric's unit; names and times have none. */
const THRESHOLDS: Readonly<Partial<Record<Unit, number>>> = {
  usd: 10,
  tokens: 1_000_000,
  calls: 1_000,
  count: 100,
  ratio: 0.1,
  ms: 5_000,
  tokens_per_usd: 100_000,
};

/** What the rule is about. */
interface Subject {
  readonly title: string;
  readonly timeRange: RawTimeRange;
  readonly timeZone: string;
  readonly scopedVars?: ScopedVars;
  readonly adHoc?: readonly AdHocVariableFilter[];
  /** The panel that the alert leads back to. */
  readonly panel?: { readonly dashboardUid: string; readonly id: number | string };
  readonly query: LlmCostQuery;
  /** The PostgreSQL data source: rules run in Grafana's server, which only knows that one. */
  readonly postgresUid: string;
}

/** Text of an alert: label names may hold dots, as tags do. */
function summary({ label, unit }: Metric, groups: readonly string[]): string {
  const whose = groups.map((name) => `${dimensionLabel(name)} {{ index $labels "${name}" }}`).join(', ');
  return `${label}${whose ? ` of ${whose}` : ''} is {{ $values.B.Value }}${unit === 'usd' ? ' USD' : ''}`;
}

function threshold(value: number): DataQuery & Record<string, unknown> {
  return {
    refId: 'C',
    type: 'threshold',
    datasource: EXPRESSION,
    expression: 'B',
    conditions: [
      {
        type: 'query',
        evaluator: { type: 'gt', params: [value] },
        operator: { type: 'and' },
        query: { params: ['C'] },
        reducer: { type: 'last', params: [] },
      },
    ],
  };
}

/**
 * Values for Grafana's rule form: the panel's first metric, one alert for each of its groups, above a threshold that is to
 * be set. Undefined when the panel's query has no metric that is a number, or is SQL whose columns nobody knows.
 *
 * @throws QueryError when the query can't be answered.
 */
export function ruleForm({
  title,
  timeRange,
  timeZone,
  scopedVars = {},
  adHoc,
  panel,
  query,
  postgresUid,
}: Subject): object | undefined {
  if (query.sql !== undefined) {
    return undefined;
  }
  const name = query.metrics?.filter(isMetricName).find((one) => metric(one).unit in THRESHOLDS);
  const start = name && THRESHOLDS[metric(name).unit];
  if (!name || start === undefined) {
    return undefined;
  }
  const scope = contextOfScope(scopedVars, adHoc);
  // One number for each group and no time: Grafana makes one alert of each row, labelled by its texts.
  const asked: LlmCostQuery = {
    ...query,
    metrics: [name],
    format: 'table',
    interval: 'none',
    limit: undefined,
    withOther: false,
    orderBy: undefined,
  };
  const { sql, columns } = compileForLater(asked, { ...scope, timeZone });
  const groups = columns.filter(({ type }) => type === 'text').map((column) => column.name);
  const { from, to } = rangeUtil.timeRangeToRelative(rangeUtil.convertRawToRange(timeRange));
  const found = metric(name);
  return {
    type: 'grafana-alerting',
    name: `${title || found.label} above threshold`,
    condition: 'C',
    queries: [
      {
        refId: 'A',
        queryType: '',
        relativeTimeRange: { from, to },
        datasourceUid: postgresUid,
        model: {
          refId: 'A',
          datasource: { type: POSTGRES_TYPE, uid: postgresUid },
          editorMode: 'code',
          rawQuery: true,
          rawSql: sql,
          format: 'table',
          intervalMs: 60_000,
          maxDataPoints: 43_200,
        },
      },
      // Without a reducer of ours the editor adds one of its own and opens in advanced mode.
      {
        refId: 'B',
        queryType: '',
        datasourceUid: EXPRESSION.uid,
        model: { refId: 'B', type: 'reduce', datasource: EXPRESSION, expression: 'A', reducer: 'last', conditions: [] },
      },
      { refId: 'C', queryType: '', datasourceUid: EXPRESSION.uid, model: threshold(start) },
    ],
    annotations: [
      ...(panel
        ? [
            { key: '__dashboardUid__', value: panel.dashboardUid },
            { key: '__panelId__', value: String(panel.id) },
          ]
        : []),
      { key: 'summary', value: summary(found, groups) },
    ],
    labels: [{ key: 'severity', value: 'warning' }],
  };
}
