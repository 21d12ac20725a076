import { type AdHocVariableFilter, type DataQueryRequest, getDefaultTimeRange, type ScopedVars } from '@grafana/data';
import type { DataQuery } from '@grafana/schema';
import { expand } from './template';
import type { QueryContext } from './toCostQuery';

/** Where and when a panel asks. */
export const contextOf = (request: DataQueryRequest<DataQuery>): QueryContext => ({
  range: { from: request.range.from.valueOf(), to: request.range.to.valueOf() },
  now: Date.now(),
  intervalMs: request.intervalMs,
  timeZone: request.timezone,
  scopedVars: request.scopedVars,
  adHoc: request.filters,
});

const DEFAULT_INTERVAL_MS = 60_000;

/** Where a query will run, known by its variables alone; its range is filled in later and only approximate here. */
export function contextOfScope(scopedVars: ScopedVars, adHoc: readonly AdHocVariableFilter[] = []): QueryContext {
  const { from, to } = getDefaultTimeRange();
  const zone = expand('${__timezone}', scopedVars)?.[0] ?? '';
  return {
    range: { from: from.valueOf(), to: to.valueOf() },
    now: Date.now(),
    intervalMs: Number(scopedVars.__interval_ms?.value ?? DEFAULT_INTERVAL_MS),
    timeZone: zone.includes('$') ? 'browser' : zone,
    scopedVars,
    adHoc,
  };
}
