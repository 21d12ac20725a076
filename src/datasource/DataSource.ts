import {
  type AdHocVariableFilter,
  type CoreApp,
  type DataFrame,
  type DataQueryError,
  type DataQueryRequest,
  type DataQueryResponse,
  DataSourceApi,
  type DataSourceGetDrilldownsApplicabilityOptions,
  type DataSourceGetTagKeysOptions,
  type DataSourceGetTagValuesOptions,
  type DataSourceInstanceSettings,
  type DrilldownsApplicability,
  getDefaultTimeRange,
  LoadingState,
  type MetricFindValue,
  type QueryFixAction,
  type ScopedVars,
  type TestDataSourceResponse,
  type TimeRange,
} from '@grafana/data';
import { combineLatest, from, map, type Observable, of } from 'rxjs';
import { collectorProblem } from '../collector/client';
import { DIMENSIONS, dimensionLabel, isGroupName, isMetricName, metric } from '../query';
import { AnnotationEditor } from './annotations/AnnotationEditor';
import { annotationAsked } from './annotations/annotationQuery';
import { messageOf } from './errors';
import { decorate } from './frames/decorate';
import { decorateSql } from './frames/decorateSql';
import { together } from './frames/together';
import { traceLink } from './frames/traces';
import { CollectorPath } from './paths/collectorPath';
import type { Path, Planned } from './paths/path';
import { PostgresPath } from './paths/postgresPath';
import { fromAdHoc, whyNotApplicable } from './query/adHoc';
import { contextOf, contextOfScope } from './query/context';
import { hasOwnSql, interpolatedSql } from './query/ownSql';
import { resolveFilters } from './query/toCostQuery';
import { compileForLater, compileForPanel, postgresQuery } from './query/toPostgres';
import { Suggestions } from './suggestions';
import { type LlmCostJsonData, type LlmCostQuery, type PathName, POSTGRES_TYPE, type QueryFilter } from './types';
import { priceFrame, pricesAt } from './reference/prices';
import { viewsAsked, withAmounts } from './reference/views';
import { LlmCostVariableSupport } from './variables/VariableSupport';

const DEFAULT_QUERY: Partial<LlmCostQuery> = {
  metrics: ['total_cost'],
  groupBy: ['model'],
  filters: [],
  format: 'time_series',
};

const isMark = ({ annotation }: LlmCostQuery): boolean => annotation !== undefined;

/**
 * Asks about cost in the words of `src/query` and lets a PostgreSQL data source run the compiled SQL, so that Grafana's
 * rules, query inspector, permissions and caching hold as for any SQL.
 */
export class LlmCostDataSource extends DataSourceApi<LlmCostQuery, LlmCostJsonData> {
  readonly postgresUid?: string;
  readonly tracesUid?: string;
  readonly pathName: PathName;
  readonly suggestions: Suggestions;
  private readonly path: Path;

  constructor(settings: DataSourceInstanceSettings<LlmCostJsonData>) {
    super(settings);
    this.postgresUid = settings.jsonData.postgresUid;
    this.tracesUid = settings.jsonData.tracesUid;
    this.pathName = settings.jsonData.path ?? 'postgres';
    this.path = this.pathName === 'collector' ? new CollectorPath() : new PostgresPath(this.postgresUid);
    this.suggestions = new Suggestions(this.path);
    this.variables = new LlmCostVariableSupport(this);
    this.annotations = { QueryEditor: AnnotationEditor, getDefaultQuery: () => ({ annotation: 'releases' }) };
  }

  override getDefaultQuery(_app: CoreApp): Partial<LlmCostQuery> {
    return DEFAULT_QUERY;
  }

  override filterQuery(query: LlmCostQuery): boolean {
    if (query.annotation || query.reference) {
      return !query.hide;
    }
    return !query.hide && (hasOwnSql(query) ? Boolean(query.sql?.trim()) : Boolean(query.metrics?.length));
  }

  override getQueryDisplayText({ sql, metrics = [], groupBy = [] }: LlmCostQuery): string {
    if (sql !== undefined) {
      return sql;
    }
    const what = metrics.map((name) => (isMetricName(name) ? metric(name).label : name)).join(', ');
    return groupBy.length ? `${what} by ${groupBy.map(dimensionLabel).join(', ')}` : what;
  }

  override query(request: DataQueryRequest<LlmCostQuery>): Observable<DataQueryResponse> {
    const context = contextOf(request);
    const asked = request.targets.filter((target) => this.filterQuery(target));
    const [marks, targets] = [asked.filter(isMark), asked.filter((target) => !isMark(target))];
    const own = targets.filter(hasOwnSql);
    const books = targets.filter(({ reference }) => reference === 'prices');
    const tables = targets.filter(({ reference }) => reference === 'budgets' || reference === 'usage');
    const views = [...viewsAsked(tables, request), ...marks.map((mark) => annotationAsked(mark, context))];
    const built = targets.filter((target) => !target.reference && !own.includes(target));
    const answers = [
      ...(own.length ? [this.answerSql(request, own)] : []),
      ...(books.length ? [this.answerPrices(request, books)] : []),
      ...(views.length ? [this.path.runViews(request, views).pipe(map(withAmounts))] : []),
    ];
    if (answers.length === 0) {
      return this.answer(request, built);
    }
    return combineLatest([...answers, ...(built.length ? [this.answer(request, built)] : [])]).pipe(map(together));
  }

  /** Queries of the builder. */
  private answer(
    request: DataQueryRequest<LlmCostQuery>,
    targets: readonly LlmCostQuery[]
  ): Observable<DataQueryResponse> {
    const context = contextOf(request);
    const plans = new Map<string, Planned>();
    const errors: DataQueryError[] = [];
    for (const asked of targets) {
      try {
        plans.set(asked.refId, { ...compileForPanel(asked, context), asked });
      } catch (error) {
        errors.push({ refId: asked.refId, message: messageOf(error) });
      }
    }
    if (plans.size === 0) {
      return of({ data: [], errors });
    }
    return this.path.run(request, [...plans.values()]).pipe(
      map((response) => ({
        ...response,
        data: response.data.map((frame: DataFrame) => {
          const plan = plans.get(frame.refId ?? '');
          return plan ? decorate(frame, plan, plan.asked, traceLink(this.tracesUid)) : frame;
        }),
        errors: [...(response.errors ?? []), ...errors],
      }))
    );
  }

  /** The price book, which the collector has on either path. */
  private answerPrices(
    { range, scopedVars }: DataQueryRequest<LlmCostQuery>,
    targets: readonly LlmCostQuery[]
  ): Observable<DataQueryResponse> {
    const answers = targets.map(async ({ refId, filters = [] }): Promise<DataQueryResponse> => {
      try {
        const [rows, called, calledProviders] = await Promise.all([
          pricesAt(new Date().toISOString()),
          this.values('model', filters, range, scopedVars),
          this.values('provider', filters, range, scopedVars),
        ]);
        const resolved = resolveFilters(filters, { scopedVars });
        const of = (name: string) => resolved.find(({ dimension, operator }) => dimension === name && operator === '=');
        const models = of('model')?.values;
        const narrowed = {
          calledOnly: Boolean(models),
          providers: of('provider')?.values,
          called: models ?? called,
          calledProviders,
        };
        return { data: [priceFrame(refId, rows, narrowed)] };
      } catch (error) {
        return { data: [], errors: [{ refId, message: collectorProblem(error) }], state: LoadingState.Error };
      }
    });
    return from(Promise.all(answers).then(together));
  }

  /** SQL of the user's own: its columns have names and units where they are called like metrics and dimensions. */
  private answerSql(
    request: DataQueryRequest<LlmCostQuery>,
    targets: readonly LlmCostQuery[]
  ): Observable<DataQueryResponse> {
    return this.path.runSql(request, targets).pipe(
      map((response) => ({
        ...response,
        data: response.data.map((frame: DataFrame) => decorateSql(frame, traceLink(this.tracesUid))),
      }))
    );
  }

  /**
   * A superset of the query: SQL for server-side expressions, which send it to the backend as it is, and the structured
   * query, so that "Explore" from a panel still opens the editor. On the way through the collector there is no SQL, and
   * Grafana's server can't evaluate expressions on the answers.
   */
  override interpolateVariablesInQueries(
    queries: LlmCostQuery[],
    scopedVars: ScopedVars,
    adHoc: AdHocVariableFilter[] = []
  ): LlmCostQuery[] {
    const context = contextOfScope(scopedVars, adHoc);
    const ref = { type: POSTGRES_TYPE, uid: this.postgresUid };
    return queries.map((query) => {
      if (query.sql !== undefined) {
        const sql = interpolatedSql(query.sql, scopedVars);
        return this.pathName === 'postgres' ? { ...query, sql, ...postgresQuery(query, ref, sql) } : { ...query, sql };
      }
      const resolved = { ...query, filters: resolveFilters(query.filters, context) };
      // A query that is only begun has no SQL yet.
      return query.metrics?.length && this.pathName === 'postgres'
        ? { ...resolved, ...postgresQuery(query, ref, compileForLater(query, context).sql) }
        : resolved;
    });
  }

  /** "Filter for value" and "Filter out value" in Explore. */
  override modifyQuery(query: LlmCostQuery, { type, options = {} }: QueryFixAction): LlmCostQuery {
    const { key, value } = options;
    const operator = type === 'ADD_FILTER' ? '=' : type === 'ADD_FILTER_OUT' ? '!=' : undefined;
    return operator && isGroupName(key) && !hasOwnSql(query)
      ? { ...query, filters: [...(query.filters ?? []), { dimension: key, operator, values: [value] }] }
      : query;
  }

  /** Values of a dimension that occur together with the filters, most used first. */
  async values(
    dimension: string,
    filters: readonly QueryFilter[] = [],
    range: TimeRange = getDefaultTimeRange(),
    scopedVars: ScopedVars = {}
  ): Promise<string[]> {
    return this.suggestions.values(dimension, resolveFilters(filters, { scopedVars }), range);
  }

  override async getTagKeys({ timeRange }: Partial<DataSourceGetTagKeysOptions<LlmCostQuery>> = {}): Promise<
    MetricFindValue[]
  > {
    const tags = await this.suggestions.tagKeys(timeRange ?? getDefaultTimeRange()).catch(() => []);
    return [
      ...DIMENSIONS.map(({ name, label, group }) => ({ text: label, value: name, group })),
      { text: dimensionLabel('cost_type'), value: 'cost_type', group: 'What ran' },
      ...tags.map((name) => ({ text: name, value: name, group: 'Tags' })),
    ];
  }

  override async getTagValues({
    key,
    filters,
    timeRange = getDefaultTimeRange(),
  }: DataSourceGetTagValuesOptions<LlmCostQuery>): Promise<MetricFindValue[]> {
    const others = filters.filter((filter) => !whyNotApplicable(filter)).map(fromAdHoc);
    const values = await this.suggestions.values(key, others, timeRange);
    return values.map((value) => ({ text: value, value }));
  }

  override async getDrilldownsApplicability({
    filters = [],
  }: DataSourceGetDrilldownsApplicabilityOptions<LlmCostQuery> = {}): Promise<DrilldownsApplicability[]> {
    return filters.map((filter) => {
      const reason = whyNotApplicable(filter);
      return { key: filter.key, origin: filter.origin, applicable: !reason, reason };
    });
  }

  override testDatasource(): Promise<TestDataSourceResponse> {
    return this.path.test();
  }
}
