import type { DimensionName } from '../../src/query';
import { adHocLink, filterLink, type Link } from './filterBar';
import { UIDS } from './uids';

/** The dimension's value in a row of a table. Grafana finds columns by their own names, not by those they are shown with. */
export const inRow = (name: DimensionName): string => `\${__data.fields.${name}:percentencode}`;

/** The dimension's value behind a series. */
const ofSeries = (name: string): string => `\${__field.labels.${name}:percentencode}`;

/** Links of rows and series: a click leads on, keeping range and filters. */
export const LINKS = {
  modelRow: filterLink('Analytics of this model', UIDS.models, 'model', inRow('model')),
  modelSeries: filterLink('Analytics of this model', UIDS.models, 'model', ofSeries('model')),
  providerSeries: filterLink('Models of this provider', UIDS.models, 'provider', ofSeries('provider')),
  tenantRow: filterLink('Overview of this tenant', UIDS.overview, 'tenant', inRow('tenant')),
  // Names with , | or # are cut off in addresses of ad-hoc filters; ids of users are of any form.
  userRow: filterLink('Calls of this user', UIDS.calls, 'user_id', inRow('user_id')),
  segmentRow: adHocLink('Users of this segment', UIDS.users, 'user_segment', inRow('user_segment')),
  agentRow: adHocLink('Runs of this agent', UIDS.agents, 'agent', inRow('agent')),
  agentCalls: adHocLink('Calls of this agent', UIDS.calls, 'agent', inRow('agent')),
  runRow: runLink(inRow('run_id')),
  unpricedRow: adHocLink('Calls without a price', UIDS.calls, 'unpriced_reason', inRow('unpriced_reason')),
} as const satisfies Readonly<Record<string, Link>>;

/** A data link to the breakdown of one run. */
function runLink(value: string): Link {
  const { url } = filterLink('This run', UIDS.run, 'model', '');
  // The run has all of its models, whatever this dashboard shows.
  return { title: 'This run', url: url.replace(/&var-model=$/, `&var-run_id=${value}`) };
}
