import { type DataFrame, FieldType, type ScopedVars, toDataFrame } from '@grafana/data';
import type { AskedBudgets } from '../paths/path';
import { resolveFilters } from '../query/toCostQuery';
import type { LlmCostQuery } from '../types';

/** `GET /v1/budgets/views/{view}`: times as RFC 3339. */
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

/** Queries about budgets with the tenants and projects that the dashboard's lists leave; of a list set to All, every one. */
export const budgetsAsked = (queries: readonly LlmCostQuery[], scopedVars?: ScopedVars): AskedBudgets[] =>
  queries.map((asked) => {
    const filters = resolveFilters(asked.filters, { scopedVars: scopedVars ?? {} });
    const of = (name: string) =>
      filters.find(({ dimension, operator }) => dimension === name && operator === '=')?.values ?? null;
    return { asked, view: asked.view ?? 'status', choice: { tenants: of('tenant'), projects: of('project') } };
  });
