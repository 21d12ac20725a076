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

let requests = 0;

/**
 * Runs statements outside of a panel, in one request.
 *
 * @returns for each statement its answer, or an Error with the cause and the cure.
 */
export async function runStatements(
  postgres: Postgres,
  statements: ReadonlyArray<readonly [refId: string, sql: string]>,
  range: TimeRange = getDefaultTimeRange()
): Promise<Array<DataFrame | undefined | Error>> {
  const request: DataQueryRequest = {
    app: CoreApp.Unknown,
    // A request ends one with the same id.
    requestId: `llmcost-${statements.map(([refId]) => refId).join('-')}-${++requests}`,
    interval: '1m',
    intervalMs: 60_000,
    range,
    scopedVars: {},
    startTime: Date.now(),
    timezone: 'utc',
    targets: [],
  };
  const ref = postgres.getRef();
  const targets = statements.map(([refId, sql]) => postgresQuery({ refId, format: 'table' }, ref, sql));
  const { data, errors = [] } = await lastValueFrom(runQueries(postgres, request, targets));
  return statements.map(([refId]) => {
    const error = errors.find((one) => one.refId === refId || one.refId === undefined);
    return error
      ? new Error(explain(error.message ?? error.data?.message ?? 'the query failed'))
      : (data as DataFrame[]).find((frame) => frame.refId === refId);
  });
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
  range?: TimeRange
): Promise<DataFrame | undefined> {
  const [answer] = await runStatements(postgres, [[refId, sql]], range);
  if (answer instanceof Error) {
    throw answer;
  }
  return answer;
}
