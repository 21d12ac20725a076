import { type TimeRange, urlUtil } from '@grafana/data';
import { getDataSourceSrv, locationService } from '@grafana/runtime';
import { APP_PATH } from '../../constants';
import type { LlmCostJsonData, LlmCostQuery } from '../../datasource/types';
import { ruleForm } from '../../extensions/ruleForm';

interface Wanted {
  /** The cost data source. */
  readonly uid: string;
  readonly title: string;
  readonly query: LlmCostQuery;
  readonly range: TimeRange;
}

/**
 * Where Grafana's rule form is, filled in.
 *
 * @throws Error when there is no PostgreSQL data source for rules, or the query can't be answered.
 */
export function alertPath({ uid, title, query, range }: Wanted): string {
  const { postgresUid } = (getDataSourceSrv().getInstanceSettings({ uid })?.jsonData ?? {}) as LlmCostJsonData;
  if (!postgresUid) {
    throw new Error(
      'Alert rules run in Grafana’s server, which needs the PostgreSQL data source. Choose one in the settings of the LLM Cost data source.'
    );
  }
  const form = ruleForm({ title, timeRange: range.raw, timeZone: 'browser', query, postgresUid });
  const returnTo = `${APP_PATH}/explore?${locationService.getSearch().toString()}`;
  return urlUtil.renderUrl('/alerting/new', { defaults: JSON.stringify(form), returnTo });
}
