import {
  type PluginExtensionAddedLinkConfig,
  type PluginExtensionPanelContext,
  PluginExtensionPoints,
  urlUtil,
} from '@grafana/data';
import { getDataSourceSrv, hasPermission, locationService } from '@grafana/runtime';
import type { DataQuery } from '@grafana/schema';
import { DATASOURCE_TYPE, type LlmCostJsonData, type LlmCostQuery } from '../datasource/types';
import { ruleForm } from './ruleForm';

type Context = Readonly<PluginExtensionPanelContext>;

/** The panel's first cost query and the PostgreSQL data source behind it, if its source has one. */
function costQuery({
  targets = [],
  data,
  scopedVars,
}: Context): { query: LlmCostQuery; postgresUid?: string } | undefined {
  // Where only the panel names its data source, the targets that were run have it.
  const all: DataQuery[] = [...targets, ...(data?.request?.targets ?? [])];
  for (const query of all.filter(({ datasource }) => datasource)) {
    const settings = getDataSourceSrv().getInstanceSettings(query.datasource, scopedVars);
    if (settings?.type === DATASOURCE_TYPE) {
      return { query, postgresUid: (settings.jsonData as LlmCostJsonData).postgresUid };
    }
  }
  return undefined;
}

/** Where the filled-in rule form is; undefined where there is nothing to alert on. */
export function ruleFormPath(context: Context): string | undefined {
  const { query, postgresUid } = costQuery(context) ?? {};
  if (!query || !postgresUid) {
    return undefined;
  }
  try {
    const form = ruleForm({
      title: context.title,
      timeRange: context.timeRange,
      timeZone: context.timeZone,
      scopedVars: context.scopedVars,
      adHoc: context.data?.request?.filters,
      panel: { dashboardUid: context.dashboard.uid, id: context.id },
      query,
      postgresUid,
    });
    const returnTo = `/d/${context.dashboard.uid}?${locationService.getSearch().toString()}`;
    return form && urlUtil.renderUrl('/alerting/new', { defaults: JSON.stringify(form), returnTo });
  } catch {
    // The panel itself shows what is wrong with its query.
    return undefined;
  }
}

/** "New cost alert" in the menu of every panel with a cost query. */
export const newCostAlert: PluginExtensionAddedLinkConfig<PluginExtensionPanelContext> = {
  targets: [PluginExtensionPoints.DashboardPanelMenu],
  title: 'New cost alert',
  description: 'Open a new alert rule, filled in with the query of this panel',
  // Without the permission Grafana would send the viewer to the home page without a word.
  configure: (context) =>
    context && hasPermission('alert.rules:create') && ruleFormPath(context) ? { icon: 'bell' } : undefined,
  onClick: (_event, { context }) => {
    const path = context && ruleFormPath(context);
    if (path) {
      locationService.push(path);
    }
  },
};

/** "Why did it change?" in the same menus: the panel's time and filters on the page of that name. */
export const whyDidItChange: PluginExtensionAddedLinkConfig<PluginExtensionPanelContext> = {
  targets: [PluginExtensionPoints.DashboardPanelMenu],
  title: 'Why did it change?',
  description: 'Compare the time of this panel with the time before, and see what moved the cost and who',
  configure: (context) => (context && costQuery(context) ? { icon: 'question-circle' } : undefined),
  onClick: (_event, { context }) => {
    const query = context && costQuery(context)?.query;
    if (query) {
      // Comes when it is clicked: this file is loaded with every page of Grafana.
      void import('./why').then(({ whyOfPanel }) => locationService.push(whyOfPanel(context, query)));
    }
  },
};
