import {
  type PluginExtensionAddedLinkConfig,
  type PluginExtensionPanelContext,
  PluginExtensionPoints,
} from '@grafana/data';
import { hasPermission, locationService } from '@grafana/runtime';
import { type Context, costQuery } from './costQuery';

/** Whether the panel asks for metrics through a source that rules can use; SQL of the user's own has columns that nobody knows. */
function canAlert(context: Context): boolean {
  const { query, postgresUid } = costQuery(context) ?? {};
  return Boolean(postgresUid && query && query.sql === undefined && !query.reference && query.metrics?.length);
}

/** "New cost alert" in the menu of every panel with a cost query. */
export const newCostAlert: PluginExtensionAddedLinkConfig<PluginExtensionPanelContext> = {
  targets: [PluginExtensionPoints.DashboardPanelMenu],
  title: 'New cost alert',
  description: 'Open a new alert rule, filled in with the query of this panel',
  // Without the permission Grafana would send the viewer to the home page without a word.
  configure: (context) =>
    context && hasPermission('alert.rules:create') && canAlert(context) ? { icon: 'bell' } : undefined,
  onClick: (_event, { context }) => {
    if (context) {
      // Comes when it is clicked, with the compiler of queries: this file is loaded with every page of Grafana.
      void import('./alert').then(({ openRuleForm }) => openRuleForm(context));
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
      // Comes when it is clicked, as above.
      void import('./why').then(({ whyOfPanel }) => locationService.push(whyOfPanel(context, query)));
    }
  },
};
