import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type Field,
  type FieldConfig,
  FieldType,
  toDataFrame,
  urlUtil,
} from '@grafana/data';
import { BUDGET_AMOUNTS, BUDGET_VIEWS, budgetViewSql, USAGE_AMOUNTS, USAGE_VIEWS, usageViewSql } from '../../query';
import { AS_IT_IS } from '../frames/decorate';
import { usdConfig } from '../frames/units';
import type { AskedView } from '../paths/path';
import { resolveFilters } from '../query/toCostQuery';
import type { LlmCostQuery } from '../types';

/** `GET /v1/budgets/views/{view}` and `/v1/usage/views/{view}`: times as RFC 3339. */
export interface ViewReply {
  readonly columns: ReadonlyArray<{ readonly name: string; readonly type: 'time' | 'number' | 'text' }>;
  readonly rows: ReadonlyArray<ReadonlyArray<string | number | null>>;
}

const TYPES = { time: FieldType.time, number: FieldType.number, text: FieldType.string } as const;

/** The collector's rows as the table that the PostgreSQL source would give. */
export const viewFrame = (refId: string, { columns, rows }: ViewReply): DataFrame =>
  toDataFrame({
    refId,
    fields: columns.map(({ name, type }, at) => ({
      name,
      type: TYPES[type],
      config: {},
      values: rows.map((row) => (type === 'time' && row[at] !== null ? Date.parse(String(row[at])) : row[at])),
    })),
  });

const AMOUNTS: readonly string[] = [...BUDGET_AMOUNTS, ...USAGE_AMOUNTS];

function unitOf({ name, type, values }: Field): FieldConfig {
  if (type === FieldType.string) {
    return AS_IT_IS;
  }
  return AMOUNTS.includes(name) && type === FieldType.number ? usdConfig(values) : {};
}

/** Amounts of USD have as many decimals as everywhere, and names stay as they are. */
export const withAmounts = (response: DataQueryResponse): DataQueryResponse => ({
  ...response,
  data: response.data.map((frame: DataFrame) => ({
    ...frame,
    fields: frame.fields.map((field) => ({ ...field, config: { ...field.config, ...unitOf(field) } })),
  })),
});

type Request = Pick<DataQueryRequest<LlmCostQuery>, 'range' | 'scopedVars'>;

/** Only what the dashboard's lists leave; null for a list that is set to All. */
function chosen({ filters }: LlmCostQuery, { scopedVars }: Request, name: string): readonly string[] | null {
  const resolved = resolveFilters(filters, { scopedVars });
  return resolved.find(({ dimension, operator }) => dimension === name && operator === '=')?.values ?? null;
}

/** Lists of an address; what is set to All is left out. */
const address = (path: string, lists: Readonly<Record<string, readonly string[] | string | null>>): string =>
  urlUtil.renderUrl(
    path,
    Object.fromEntries(
      Object.entries(lists).flatMap(([name, values]) =>
        values === null ? [] : [[name, typeof values === 'string' ? values : [...values]]]
      )
    )
  );

/** How budgets stand now, of the tenants and projects that the lists leave. */
function budgetView(asked: LlmCostQuery, request: Request): AskedView {
  const view = BUDGET_VIEWS.find((name) => name === asked.view) ?? 'status';
  const [tenants, projects] = [chosen(asked, request, 'tenant'), chosen(asked, request, 'project')];
  return {
    asked,
    sql: budgetViewSql(view, { tenants, projects }),
    path: address(`api/budgets/views/${view}`, { tenant: tenants, project: projects }),
  };
}

/** A table about usage in the panel's range, of the tenants and services that the lists leave. */
function usageView(asked: LlmCostQuery, request: Request): AskedView {
  const view = USAGE_VIEWS.find((name) => name === asked.view) ?? 'releases';
  const [tenants, services] = [chosen(asked, request, 'tenant'), chosen(asked, request, 'service')];
  const { from, to } = request.range;
  return {
    asked,
    sql: usageViewSql(view, { from: from.valueOf(), to: to.valueOf(), tenants, services }),
    path: address(`api/usage/views/${view}`, {
      from: from.toISOString(),
      to: to.toISOString(),
      tenant: tenants,
      service: services,
    }),
  };
}

/** Queries about tables that are no cost query, each as SQL and as what the collector is asked. */
export const viewsAsked = (queries: readonly LlmCostQuery[], request: Request): AskedView[] =>
  queries.map((asked) => (asked.reference === 'usage' ? usageView(asked, request) : budgetView(asked, request)));
