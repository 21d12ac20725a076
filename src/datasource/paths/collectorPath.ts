import {
  type DataFrame,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  LoadingState,
  type TestDataSourceResponse,
  type TimeRange,
  urlUtil,
} from '@grafana/data';
import { getBackendSrv } from '@grafana/runtime';
import { catchError, forkJoin, from, lastValueFrom, map, type Observable, of } from 'rxjs';
import { collectorProblem, getFromCollector, getStatus, sendToCollector } from '../../collector/client';
import type { CostReply } from '../../collector/reply';
import { APP_ID } from '../../constants';
import { type CostQuery, isTagDimension, NOT_SET } from '../../query';
import { arrivalOf } from '../health';
import { NO_SQL_BY_COLLECTOR } from '../query/ownSql';
import { viewFrame, type ViewReply } from '../reference/views';
import type { LlmCostQuery } from '../types';
import type { AskedView, ListQuestion, Path, Planned } from './path';
import { replyFrame } from './replyFrame';

interface Answer {
  readonly frame?: DataFrame;
  readonly error?: DataQueryError;
}

const allOf = (list: readonly Answer[]): DataQueryResponse => ({
  data: list.flatMap(({ frame }) => frame ?? []),
  errors: list.flatMap(({ error }) => error ?? []),
  state: list.some(({ error }) => error) ? LoadingState.Error : LoadingState.Done,
});

function ask(query: CostQuery, requestId?: string): Observable<CostReply> {
  const url = `/api/plugin-proxy/${APP_ID}/api/query`;
  return getBackendSrv()
    .fetch<CostReply>({ url, method: 'POST', data: query, requestId, showErrorAlert: false })
    .pipe(map(({ data }) => data));
}

/**
 * The collector's cost query, through the app's proxy in Grafana's server. The collector knows by Grafana's signed token who
 * asks, and leaves out the tenants that they may not see.
 */
export class CollectorPath implements Path {
  run({ requestId }: DataQueryRequest<LlmCostQuery>, planned: readonly Planned[]): Observable<DataQueryResponse> {
    const answers = planned.map((one): Observable<Answer> => {
      const { query, unpriced, factor, asked } = one;
      const metrics = unpriced ? [...query.metrics, unpriced] : query.metrics;
      return ask({ ...query, metrics }, `${requestId}-${asked.refId}`).pipe(
        map((reply) => ({ frame: replyFrame(reply, { ...asked, query, factor }) })),
        catchError((error: unknown) => of({ error: { refId: asked.refId, message: collectorProblem(error) } }))
      );
    });
    return forkJoin(answers).pipe(map(allOf));
  }

  runSql(_request: DataQueryRequest<LlmCostQuery>, asked: readonly LlmCostQuery[]): Observable<DataQueryResponse> {
    const errors = asked.map(({ refId }) => ({ refId, message: NO_SQL_BY_COLLECTOR }));
    return of({ data: [], errors, state: LoadingState.Error });
  }

  columns(questions: readonly ListQuestion[]): Promise<Array<string[] | Error>> {
    return Promise.all(
      questions.map(async ({ query }) => {
        try {
          const { rows } = await lastValueFrom(ask(query));
          return rows.map(([value]) => String(value ?? NOT_SET));
        } catch (error) {
          return new Error(collectorProblem(error));
        }
      })
    );
  }

  runViews(_request: DataQueryRequest<LlmCostQuery>, asked: readonly AskedView[]): Observable<DataQueryResponse> {
    const answers = asked.map(async ({ asked: { refId }, path, body }): Promise<Answer> => {
      try {
        const reply = body
          ? await sendToCollector<ViewReply>('POST', path, body)
          : await getFromCollector<ViewReply>(path);
        return { frame: viewFrame(refId, reply) };
      } catch (error) {
        return { error: { refId, message: collectorProblem(error) } };
      }
    });
    return from(Promise.all(answers).then(allOf));
  }

  async tagKeys(range: TimeRange): Promise<string[]> {
    const asked = { from: range.from.toISOString(), to: range.to.toISOString() };
    const path = urlUtil.renderUrl('api/tags', asked);
    const { tags } = await this.explained(getFromCollector<{ tags: string[] }>(path));
    return tags.filter(isTagDimension);
  }

  async test(): Promise<TestDataSourceResponse> {
    try {
      const { message, calls } = arrivalOf(await getStatus());
      return calls ? { status: 'success', message } : { status: 'warning', message };
    } catch (error) {
      return { status: 'error', message: collectorProblem(error) };
    }
  }

  private async explained<T>(asked: Promise<T>): Promise<T> {
    try {
      return await asked;
    } catch (error) {
      throw new Error(collectorProblem(error));
    }
  }
}
