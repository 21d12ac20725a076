import {
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  type DataSourceInstanceSettings,
  dateTime,
  FieldType,
  type TimeRange,
  toDataFrame,
} from '@grafana/data';
import { setDataSourceSrv } from '@grafana/runtime';
import { of } from 'rxjs';
import { LlmCostDataSource } from '../datasource/DataSource';
import type { PostgresQuery } from '../datasource/query/toPostgres';
import { DATASOURCE_TYPE, type LlmCostJsonData, type LlmCostQuery, POSTGRES_TYPE } from '../datasource/types';

type Answer = (target: PostgresQuery) => DataFrame | Error;

/** A PostgreSQL data source that answers from a function and remembers what it was asked. */
export class TestPostgres {
  readonly asked: PostgresQuery[] = [];
  readonly requests: Array<DataQueryRequest<PostgresQuery>> = [];
  name = 'Usage database';
  type = POSTGRES_TYPE;
  uid = 'pg';
  health = { status: 'success', message: 'Database Connection OK' };
  answer: Answer = () => toDataFrame({ fields: [] });

  getRef() {
    return { type: this.type, uid: this.uid };
  }

  testDatasource() {
    return Promise.resolve(this.health);
  }

  query(request: DataQueryRequest<PostgresQuery>) {
    this.requests.push(request);
    this.asked.push(...request.targets);
    const answers = request.targets.map((target) => ({ target, answer: this.answer(target) }));
    const response: DataQueryResponse = {
      data: answers.flatMap(({ target, answer }) =>
        answer instanceof Error ? [] : [{ ...answer, refId: target.refId }]
      ),
      errors: answers.flatMap(({ target, answer }) =>
        answer instanceof Error ? [{ refId: target.refId, message: answer.message }] : []
      ),
    };
    return of(response);
  }
}

interface Registered {
  readonly uid: string;
  readonly type: string;
  readonly jsonData?: LlmCostJsonData;
  readonly api?: unknown;
}

/** Puts data sources in place, found by uid. */
export function givenDataSources(sources: readonly Registered[]): void {
  const uidOf = (ref: unknown): unknown => (typeof ref === 'object' && ref !== null && 'uid' in ref ? ref.uid : ref);
  const settings = sources.map(({ uid, type, jsonData = {} }) => ({ uid, type, name: uid, jsonData }));
  setDataSourceSrv({
    get: (ref) => {
      const found = sources.find(({ uid }) => uid === uidOf(ref));
      return found ? Promise.resolve(found.api as DataSourceApi) : Promise.reject(new Error('not found'));
    },
    getInstanceSettings: (ref) =>
      settings.find(({ uid }) => uid === uidOf(ref)) as unknown as DataSourceInstanceSettings | undefined,
    getList: ({ type } = {}) => settings.filter((one) => one.type === type) as unknown as DataSourceInstanceSettings[],
    reload: jest.fn(),
    registerRuntimeDataSource: () => undefined,
  });
}

/** A cost data source that reads through a PostgreSQL data source, which is registered too. */
export function costSource(postgres = new TestPostgres(), jsonData: LlmCostJsonData = { postgresUid: 'pg' }) {
  const settings = { uid: 'cost', type: DATASOURCE_TYPE, name: 'LLM Cost', jsonData };
  const source = new LlmCostDataSource(settings as unknown as DataSourceInstanceSettings<LlmCostJsonData>);
  givenDataSources([
    { uid: 'pg', type: postgres.type, api: postgres },
    { ...settings, api: source },
  ]);
  return { source, postgres };
}

/** A time range between two RFC 3339 instants. */
export const range = (from: string, to: string): TimeRange => ({
  from: dateTime(from),
  to: dateTime(to),
  raw: { from: dateTime(from), to: dateTime(to) },
});

export const NOVEMBER = range('2026-11-01T00:00:00Z', '2026-11-08T00:00:00Z');

/** A panel's request. */
export function panelRequest(
  targets: LlmCostQuery[],
  more: Partial<DataQueryRequest<LlmCostQuery>> = {}
): DataQueryRequest<LlmCostQuery> {
  return {
    app: 'dashboard',
    requestId: 'Q1',
    interval: '1h',
    intervalMs: 3_600_000,
    range: NOVEMBER,
    scopedVars: {},
    startTime: 0,
    timezone: 'utc',
    targets,
    ...more,
  };
}

/** A table as the PostgreSQL data source returns it. */
export const tableFrame = (columns: Readonly<Record<string, unknown[]>>): DataFrame =>
  toDataFrame({
    fields: Object.entries(columns).map(([name, values]) => ({
      name,
      type: values.some((value) => typeof value === 'string') ? FieldType.string : FieldType.number,
      values,
    })),
  });
