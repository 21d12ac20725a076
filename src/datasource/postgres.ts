import {
  CoreApp,
  type DataFrame,
  type DataQueryRequest,
  type DataQueryResponse,
  type DataSourceApi,
  getDefaultTimeRange,
  type TimeRange,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { from, lastValueFrom, type Observable } from 'rxjs';
import { explain } from './errors';
import { postgresQuery, type PostgresQuery } from './query/toPostgres';
import { POSTGRES_TYPE } from './types';

/** Where a query is sent to: any data source, as far as it is needed here. */
export type Postgres = DataSourceApi;

/**
 * The PostgreSQL data source that a cost data source reads through.
 *
 * @throws Error naming what to do when none is chosen, it is gone, or it is of another type.
 */
export async function findPostgres(uid: string | undefined): Promise<Postgres> {
  if (!uid) {
    throw new Error(
      'No PostgreSQL data source is chosen. Open the settings of this data source and choose the one that reads the collector’s database.'
    );
  }
  if (!getDataSourceSrv().getInstanceSettings({ uid })) {
    throw new Error(
      `The PostgreSQL data source "${uid}" does not exist (any more), or you may not query it. Choose another one in the settings of this data source.`
    );
  }
  const source = await getDataSourceSrv().get({ uid });
  if (source.type !== POSTGRES_TYPE) {
    throw new Error(
      `"${source.name}" is a ${source.type} data source. LLM Cost reads through a PostgreSQL data source: choose one in the settings.`
    );
  }
  return source;
}

/** Runs queries on PostgreSQL as part of somebody's request, whose id, range and headers they keep. */
export function runQueries<T extends DataQueryRequest>(
  postgres: Postgres,
  request: T,
  targets: PostgresQuery[]
): Observable<DataQueryResponse> {
  return from(postgres.query({ ...request, targets }));
}

/**
 * Runs one statement outside of a panel.
 *
 * @throws Error with the cause and the cure.
 */
export async function runSql(
  postgres: Postgres,
  refId: string,
  sql: string,
  range: TimeRange = getDefaultTimeRange()
): Promise<DataFrame | undefined> {
  const request: DataQueryRequest = {
    app: CoreApp.Unknown,
    requestId: `llmcost-${refId}`,
    interval: '1m',
    intervalMs: 60_000,
    range,
    scopedVars: {},
    startTime: Date.now(),
    timezone: 'utc',
    targets: [],
  };
  const target = postgresQuery({ refId, format: 'table' }, postgres.getRef(), sql);
  const { data, errors } = await lastValueFrom(runQueries(postgres, request, [target]));
  if (errors?.length) {
    throw new Error(explain(errors[0].message ?? errors[0].data?.message ?? 'the query failed'));
  }
  return data[0] as DataFrame | undefined;
}
