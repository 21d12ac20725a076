import type { DataSourceRef, FieldOverride, Panel, SqlTarget, Variable } from './model';
import { type Basics, field, panel } from './panels';

const POSTGRES: DataSourceRef = { type: 'grafana-postgresql-datasource', uid: '${postgres}' };

/** The PostgreSQL source that reads the collector's database, for what the cost query doesn't answer. */
export const postgresVariable: Variable = {
  name: 'postgres',
  label: 'PostgreSQL of LLM Cost',
  description: 'The data source that reads the collector’s database',
  type: 'datasource',
  query: POSTGRES.type,
  regex: '/LLM Cost/',
  refresh: 1,
  hide: 3,
  current: {},
  options: [],
};

/** SQL for the tenants that the filter bar leaves. */
export const TENANTS = 'ARRAY[${tenant:sqlstring}]::text[]';

/** Grafana's macros for the range. */
export const RANGE = '$__timeFrom()::timestamptz, $__timeTo()::timestamptz';

export const sql = (text: string, format: 'table' | 'time_series' = 'table', refId = 'A'): SqlTarget => ({
  refId,
  datasource: POSTGRES,
  format,
  rawQuery: true,
  editorMode: 'code',
  rawSql: text,
});

/** A table of an SQL query; `units` are Grafana's, by column. */
export function sqlTable(
  basics: Basics,
  units: Readonly<Record<string, string>>,
  more: readonly FieldOverride[] = []
): Panel {
  const overrides = [...Object.entries(units).map(([name, unit]) => field(name, { unit })), ...more];
  return panel(
    { ...basics, overrides: [...(basics.overrides ?? []), ...overrides] },
    { type: 'table', options: { showHeader: true, cellHeight: 'sm' } },
    { unit: 'short', custom: { align: 'auto', cellOptions: { type: 'auto' }, filterable: false } }
  );
}

/** Colours of a share: red beyond the limit. */
export const beyond = (name: string, limit: number) =>
  field(name, {
    unit: 'percentunit',
    thresholds: {
      mode: 'absolute',
      steps: [
        { color: 'text', value: null },
        { color: 'red', value: limit },
      ],
    },
    'custom.cellOptions': { type: 'color-text' },
  });
