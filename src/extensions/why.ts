import type { PluginExtensionPanelContext } from '@grafana/data';
import { resolveFilters } from '../datasource/query/toCostQuery';
import type { LlmCostQuery } from '../datasource/types';
import { whyPath } from '../pages/Why/paths';
import { stretchOf } from '../pages/Why/periods';

/** The page that explains what a panel shows, with its time range and the filters that its query was run with. */
export function whyOfPanel(context: Readonly<PluginExtensionPanelContext>, { filters }: LlmCostQuery): string {
  const { timeRange, scopedVars = {}, data } = context;
  return whyPath(
    { now: stretchOf({ raw: timeRange }) },
    resolveFilters(filters, { scopedVars, adHoc: data?.request?.filters })
  );
}
