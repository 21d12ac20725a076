import type { DataQueryRequest, DataQueryResponse, TestDataSourceResponse, TimeRange } from '@grafana/data';
import { defer, from, map, mergeMap, type Observable } from 'rxjs';
import { tagKeysSql } from '../../query';
import { withCure } from '../errors';
import { checkHealth } from '../health';
import { findPostgres, runQueries, runSql, runStatements } from '../postgres';
import { postgresQuery } from '../query/toPostgres';
import type { LlmCostQuery } from '../types';
import { firstColumn, listStatements } from './lists';
import type { AskedView, ListQuestion, Path, Planned } from './path';

/** Compiled SQL, run by a PostgreSQL data source of Grafana. Rules, the inspector and expressions work on this way. */
export class PostgresPath implements Path {
  constructor(private readonly postgresUid: string | undefined) {}

  run(request: DataQueryRequest<LlmCostQuery>, planned: readonly Planned[]): Observable<DataQueryResponse> {
    return this.send(
      request,
      planned.map(({ asked, compiled }) => [asked, compiled.sql])
    );
  }

  // The PostgreSQL source fills in variables and macros itself.
  runSql(request: DataQueryRequest<LlmCostQuery>, asked: readonly LlmCostQuery[]): Observable<DataQueryResponse> {
    return this.send(
      request,
      asked.map((one) => [one, one.sql ?? ''])
    );
  }

  runViews(request: DataQueryRequest<LlmCostQuery>, asked: readonly AskedView[]): Observable<DataQueryResponse> {
    return this.send(
      request,
      asked.map(({ asked: one, sql }) => [{ ...one, format: 'table' as const }, sql])
    );
  }

  private send(
    request: DataQueryRequest<LlmCostQuery>,
    statements: ReadonlyArray<readonly [LlmCostQuery, string]>
  ): Observable<DataQueryResponse> {
    return defer(() => from(findPostgres(this.postgresUid))).pipe(
      mergeMap((postgres) => {
        const ref = postgres.getRef();
        const targets = statements.map(([asked, sql]) => postgresQuery(asked, ref, sql));
        return runQueries(postgres, request, targets);
      }),
      map((response) => ({ ...response, errors: (response.errors ?? []).map(withCure) }))
    );
  }

  async columns(questions: readonly ListQuestion[]): Promise<Array<string[] | Error>> {
    const asked = listStatements(questions, Date.now());
    const statements = asked.map(({ refId, sql }) => [refId, sql] as const);
    const answers = await runStatements(await findPostgres(this.postgresUid), statements);
    const lists = new Map(
      asked.flatMap(({ questions: of, read }, i) => read(answers[i]).map((list, j) => [of[j], list]))
    );
    return questions.map((question) => lists.get(question) ?? []);
  }

  async tagKeys(range: TimeRange): Promise<string[]> {
    const sql = tagKeysSql(range.from.valueOf(), range.to.valueOf());
    return firstColumn(await runSql(await findPostgres(this.postgresUid), 'tags', sql));
  }

  test(): Promise<TestDataSourceResponse> {
    return checkHealth(this.postgresUid);
  }
}
