import {
  CoreApp,
  type DataFrame,
  type DataQueryRequest,
  type DataSourceApi,
  rangeUtil,
  type TimeRange,
} from '@grafana/data';
import { getDataSourceSrv } from '@grafana/runtime';
import { from, lastValueFrom } from 'rxjs';
import { DATASOURCE_TYPE, type LlmCostQuery } from '../../datasource/types';
import type { AppSettings } from '../../settings';
import { filtersOf, type Trail } from './trail';

const ROWS = 50;
const SERIES = 10;
const POINTS = 60;

/** What one value of the split has. */
export interface Group {
  readonly value: string;
  /** Null where nothing of it has a price. */
  readonly amount: number | null;
  readonly calls: number | null;
  /** In the period of the same length before; null where there was none. */
  readonly before: number | null;
}

export interface Answer {
  readonly total: number | null;
  readonly before: number | null;
  readonly calls: number | null;
  readonly groups: readonly Group[];
  readonly series: DataFrame[];
  /** What the numbers leave out, in words. */
  readonly notices: readonly string[];
}

/** The data source of the app's pages. @throws Error when there is none. */
export async function costSource({ datasourceUid }: AppSettings): Promise<DataSourceApi> {
  const uid = datasourceUid ?? getDataSourceSrv().getList({ type: DATASOURCE_TYPE })[0]?.uid;
  if (!uid) {
    throw new Error('There is no LLM Cost data source yet. Add one in Connections → Data sources.');
  }
  return getDataSourceSrv().get({ uid });
}

/** The series of a trail: what "Open in Explore", panels and rules are about. */
export const seriesQuery = ({ metric, split, ...trail }: Trail): LlmCostQuery => ({
  refId: 'series',
  metrics: [metric],
  groupBy: [split],
  filters: filtersOf({ metric, split, ...trail }),
  format: 'time_series',
  limit: SERIES,
});

/** Everything that the page shows of a trail, each part a query of its own. */
export function queriesOf(trail: Trail): LlmCostQuery[] {
  const metrics = [...new Set([trail.metric, 'calls'])];
  const table = { metrics, filters: filtersOf(trail), format: 'table' as const };
  // A call is not of one cost type, so it can't be counted by it.
  const groups = {
    ...table,
    metrics: trail.split === 'cost_type' ? [trail.metric] : metrics,
    groupBy: [trail.split],
  };
  return [
    { ...table, refId: 'total' },
    { ...table, refId: 'before', metrics: [trail.metric], window: 'previous' },
    { ...groups, refId: 'groups', limit: ROWS, withOther: true },
    { ...groups, refId: 'groups-before', metrics: [trail.metric], limit: 10_000, withOther: false, window: 'previous' },
    seriesQuery(trail),
  ];
}

const number = (value: unknown): number | null => (typeof value === 'number' ? value : null);

const columnOf = (frame: DataFrame | undefined, name: string): unknown[] =>
  frame?.fields.find((field) => field.name === name)?.values ?? [];

function groupsOf(trail: Trail, now: DataFrame | undefined, before: DataFrame | undefined): Group[] {
  const amounts = columnOf(before, trail.metric);
  const earlier = new Map(columnOf(before, trail.split).map((value, i) => [String(value), number(amounts[i])]));
  const [metric, calls] = [columnOf(now, trail.metric), columnOf(now, 'calls')];
  return columnOf(now, trail.split).map((value, i) => ({
    value: String(value),
    amount: number(metric[i]),
    calls: number(calls[i]),
    before: earlier.get(String(value)) ?? null,
  }));
}

/** Asks the data source. @throws Error with what is wrong and what to do. */
export async function askCosts(settings: AppSettings, trail: Trail, range: TimeRange): Promise<Answer> {
  const source = await costSource(settings);
  const { interval, intervalMs } = rangeUtil.calculateInterval(range, POINTS);
  const request: DataQueryRequest<LlmCostQuery> = {
    app: CoreApp.Unknown,
    requestId: 'llmcost-explore',
    interval,
    intervalMs,
    range,
    scopedVars: {},
    startTime: Date.now(),
    timezone: 'browser',
    targets: queriesOf(trail),
  };
  const { data, errors = [] } = await lastValueFrom(from(source.query(request)));
  if (errors.length) {
    throw new Error(errors[0].message ?? 'the query failed');
  }
  const frames = data as DataFrame[];
  const of = (refId: string): DataFrame[] => frames.filter((frame) => frame.refId === refId);
  const [total] = of('total');
  return {
    total: number(columnOf(total, trail.metric)[0]),
    calls: number(columnOf(total, 'calls')[0]),
    before: number(columnOf(of('before')[0], trail.metric)[0]),
    groups: groupsOf(trail, of('groups')[0], of('groups-before')[0]),
    series: of('series'),
    notices: [...new Set((total?.meta?.notices ?? []).map(({ text }) => text))],
  };
}
