import type { DataSourceJsonData } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import type { AnnotationName, BudgetView, Operator, UsageView } from '../query';
import type { ScaleName } from './query/scale';
import type { WindowName } from './query/windows';

export const DATASOURCE_TYPE = 'llmcost-datasource';
export const POSTGRES_TYPE = 'grafana-postgresql-datasource';

/** A filter as the user wrote it: dimension and values may hold template variables. Values are alternatives. */
export interface QueryFilter {
  dimension: string;
  operator: Operator;
  values: string[];
}

/**
 * What a panel asks. This is the only state: SQL is compiled from it when it runs. Names are those of `src/query`; every
 * text may hold template variables. What is missing has the default that `toCostQuery` gives it.
 */
export interface LlmCostQuery extends DataQuery {
  /** Marks on the time axis instead of numbers; only the filters count then. */
  annotation?: AnnotationName;
  /** The price book as it holds now instead of usage: models that were called first; filtered by provider and model. */
  reference?: 'prices' | 'budgets' | 'usage';
  /**
   * With the reference `budgets`: how budgets stand now, as a table of this shape; filtered by tenant and project. With
   * `usage`: what releases, days and features brought in the panel's range; filtered by tenant and service.
   */
  view?: BudgetView | UsageView;
  /**
   * SQL of the user's own, sent as it is instead of what the other fields say; Grafana's macros and variables work in it.
   * Only through the PostgreSQL source.
   */
  sql?: string;
  metrics?: string[];
  groupBy?: string[];
  filters?: QueryFilter[];
  format?: 'time_series' | 'table';
  /** `auto` (from the panel's width and range), `none`, or a width such as `1d`. Time series: auto; tables: none. */
  interval?: string;
  /** At most this many groups (series). */
  limit?: number;
  /** Adds the groups beyond the limit up as "Other". */
  withOther?: boolean;
  orderBy?: string;
  direction?: 'asc' | 'desc';
  /** IANA name that decides where days begin; the dashboard's when empty. */
  timeZone?: string;
  /** Stretch of time; the panel's own unless said otherwise. */
  window?: WindowName;
  /** What sums are divided by or projected to; tables only. */
  scale?: ScaleName;
}

/** What a template variable lists: the values of one dimension, most used first. */
export interface LlmCostVariableQuery extends DataQuery {
  dimension?: string;
  filters?: QueryFilter[];
}

/** Through Grafana's PostgreSQL source, or the collector, which limits what each viewer sees. */
export type PathName = 'postgres' | 'collector';

/** Settings of the data source. */
export interface LlmCostJsonData extends DataSourceJsonData {
  /** The way to the numbers; `postgres` unless set. */
  path?: PathName;
  /** The PostgreSQL data source that reads the collector's database. */
  postgresUid?: string;
  /** The Tempo, Jaeger or Zipkin data source that calls' trace ids lead to; none when unset. */
  tracesUid?: string;
}
