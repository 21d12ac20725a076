import { AppEvents, urlUtil } from '@grafana/data';
import { getAppEvents, locationService } from '@grafana/runtime';
import { messageOf } from '../datasource/errors';
import { type Context, costQuery } from './costQuery';
import { ruleForm } from './ruleForm';

/**
 * Where the filled-in rule form is; undefined where there is nothing to alert on.
 *
 * @throws QueryError when the query can't be answered.
 */
export function ruleFormPath(context: Context): string | undefined {
  const { query, postgresUid } = costQuery(context) ?? {};
  if (!query || !postgresUid) {
    return undefined;
  }
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
}

const NOTHING = 'None of its metrics is a number that a rule can watch.';

/** Opens the form, or says why there is none for this panel. */
export function openRuleForm(context: Context): void {
  const refuse = (why: string) =>
    getAppEvents().publish({ type: AppEvents.alertWarning.name, payload: ['No alert can be made of this panel', why] });
  try {
    const path = ruleFormPath(context);
    if (path) {
      locationService.push(path);
    } else {
      refuse(NOTHING);
    }
  } catch (error) {
    refuse(messageOf(error));
  }
}
