import type { DataQueryRequest, DataQueryResponse, TestDataSourceResponse, TimeRange } from '@grafana/data';
import type { Observable } from 'rxjs';
import type { CostQuery } from '../../query';
import type { PanelQuery } from '../query/toPostgres';
import type { LlmCostQuery } from '../types';

/** A query of a panel and what it asks for. */
export interface Planned extends PanelQuery {
  readonly asked: LlmCostQuery;
}

/** A question whose answer is a list of texts. */
export interface ListQuestion {
  /** Different for each question of one request. */
  readonly refId: string;
  readonly query: CostQuery;
}

/** A query for a table that is no cost query. */
export interface AskedView {
  readonly asked: LlmCostQuery;
  readonly sql: string;
  /** Where the collector gives the same table, below the app's proxy. */
  readonly path: string;
  /** What is sent there; without it the table is only fetched. */
  readonly body?: unknown;
}

/** A way to the numbers. Every way gives the same rows: names, units and notices are added afterwards. */
export interface Path {
  /** Answers all queries as part of one request; problems of single ones are among the answer's errors. */
  run(request: DataQueryRequest<LlmCostQuery>, planned: readonly Planned[]): Observable<DataQueryResponse>;
  /** Answers queries that are SQL of the user's own, or refuses each with what to do. */
  runSql(request: DataQueryRequest<LlmCostQuery>, asked: readonly LlmCostQuery[]): Observable<DataQueryResponse>;
  /** The first column of each query's answer, as text, or an Error with cause and cure; asked at once. */
  columns(questions: readonly ListQuestion[]): Promise<Array<string[] | Error>>;
  /** Tables that are no cost query: how budgets stand, what releases changed, marks on time axes. */
  runViews(request: DataQueryRequest<LlmCostQuery>, asked: readonly AskedView[]): Observable<DataQueryResponse>;
  /** Tags that calls of the range carry, as dimensions. @throws Error with cause and cure */
  tagKeys(range: TimeRange): Promise<string[]>;
  /** What "Save & test" says. */
  test(): Promise<TestDataSourceResponse>;
}
