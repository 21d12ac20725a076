import { config, getBackendSrv, getDataSourceSrv, isFetchError } from '@grafana/runtime';
import { lastValueFrom } from 'rxjs';
import { DATASOURCE_TYPE, type LlmCostJsonData, POSTGRES_TYPE } from '../../datasource/types';
import { literal, percentOf } from '../../query';
import type { AppSettings } from '../../settings';
import { percent } from './words';
import type { Budget } from './budgets';

/** Where the rules are kept; made when it isn't there. */
export const FOLDER = 'Budget alerts';
const DASHBOARD = { uid: 'llm-cost-budgets', panel: 2 };
const EXPRESSION = { type: '__expr__', uid: '__expr__' };
/** Rules can then be edited and removed in Grafana like all others. */
const EDITABLE = { 'X-Disable-Provenance': 'true' };

/** A rule as Grafana's provisioning API takes it. */
export interface AlertRule {
  readonly uid: string;
  readonly title: string;
  readonly [field: string]: unknown;
}

interface Wanted {
  readonly budget: Budget;
  readonly threshold: number;
  readonly folderUid: string;
  readonly postgresUid: string;
  readonly orgId: number;
  /** Null: by the notification policies. */
  readonly contactPoint: string | null;
}

/** The same for the same threshold of the same budget, so that asking again replaces the rule. At most 40 characters. */
export const ruleUid = ({ id }: Pick<Budget, 'id'>, threshold: number): string =>
  `llmcost_${id.replace(/-/g, '').slice(0, 20)}_${String(percentOf(threshold)).replace('.', '_')}`;

/** The rule that speaks of one threshold of one budget: from its crossing to the reset; once, however many runs passed it. */
export function alertRule({ budget, threshold, folderUid, postgresUid, orgId, contactPoint }: Wanted): AlertRule {
  const at = percent(threshold);
  const rawSql = `SELECT coalesce(tenant, 'all tenants') AS tenant, coalesce(project, '') AS project, name AS budget,
  max(CASE WHEN spent >= threshold * "limit" THEN ratio * 100 ELSE 0 END) AS value
FROM public.budget_threshold_status
WHERE budget_id = ${literal(budget.id)}::uuid AND threshold = ${Number(threshold)}
GROUP BY tenant, project, name`;
  return {
    uid: ruleUid(budget, threshold),
    title: `${budget.name} at ${at}`.slice(0, 190),
    orgID: orgId,
    folderUID: folderUid,
    ruleGroup: `budget ${budget.id}`,
    condition: 'C',
    for: '0s',
    // Without rows the budget is gone or switched off; while the database is away nothing is known to have changed.
    noDataState: 'OK',
    execErrState: 'KeepLast',
    data: [
      {
        refId: 'A',
        relativeTimeRange: { from: 3600, to: 0 },
        datasourceUid: postgresUid,
        model: {
          refId: 'A',
          datasource: { type: POSTGRES_TYPE, uid: postgresUid },
          editorMode: 'code',
          rawQuery: true,
          format: 'table',
          rawSql,
          intervalMs: 60_000,
          maxDataPoints: 43_200,
        },
      },
      {
        refId: 'C',
        relativeTimeRange: { from: 0, to: 0 },
        datasourceUid: EXPRESSION.uid,
        model: {
          refId: 'C',
          type: 'threshold',
          datasource: EXPRESSION,
          expression: 'A',
          conditions: [
            {
              type: 'query',
              evaluator: { type: 'gt', params: [0] },
              operator: { type: 'and' },
              query: { params: ['C'] },
              reducer: { type: 'last', params: [] },
            },
          ],
        },
      },
    ],
    annotations: {
      summary: `The budget {{ $labels.budget }} ({{ $labels.tenant }}) is past ${at}: {{ printf "%.1f" $values.A.Value }}% of it are spent${budget.period === 'run' ? ' by the most expensive run of the last day' : ''}.`,
      __dashboardUid__: DASHBOARD.uid,
      __panelId__: String(DASHBOARD.panel),
    },
    labels: { severity: threshold >= 1 ? 'critical' : 'warning', threshold: at },
    ...(contactPoint === null ? {} : { notification_settings: { receiver: contactPoint } }),
  };
}

/** The PostgreSQL data source that rules run on. @throws Error with what to do when there is none. */
export function postgresOf({ datasourceUid }: AppSettings): string {
  const uid = datasourceUid ?? getDataSourceSrv().getList({ type: DATASOURCE_TYPE })[0]?.uid;
  const { postgresUid } = ((uid && getDataSourceSrv().getInstanceSettings({ uid })?.jsonData) || {}) as LlmCostJsonData;
  if (!postgresUid) {
    throw new Error(
      'Alert rules run in Grafana’s server, which needs the PostgreSQL data source. Choose one in the settings of the LLM Cost data source.'
    );
  }
  return postgresUid;
}

async function send<T>(url: string, method = 'GET', data?: unknown, headers?: Record<string, string>): Promise<T> {
  return (await lastValueFrom(getBackendSrv().fetch<T>({ url, method, data, headers, showErrorAlert: false }))).data;
}

const failedWith = (error: unknown, ...statuses: number[]): boolean =>
  isFetchError(error) && statuses.includes(error.status);

/** Names of the contact points; null where the viewer may not list them. */
export async function listContactPoints(): Promise<string[] | null> {
  try {
    const points = await send<Array<{ name: string }>>('/api/v1/provisioning/contact-points');
    return [...new Set(points.map(({ name }) => name))].sort();
  } catch (error) {
    if (failedWith(error, 401, 403)) {
      return null;
    }
    throw error;
  }
}

async function folderUid(): Promise<string> {
  const folders = await send<Array<{ uid: string; title: string }>>('/api/folders?limit=1000');
  const found = folders.find(({ title }) => title === FOLDER);
  return (found ?? (await send<{ uid: string }>('/api/folders', 'POST', { title: FOLDER }))).uid;
}

const RULES = '/api/v1/provisioning/alert-rules';

async function save(rule: AlertRule): Promise<void> {
  try {
    await send(`${RULES}/${rule.uid}`, 'PUT', rule, EDITABLE);
  } catch (error) {
    if (!failedWith(error, 404)) {
      throw error;
    }
    await send(RULES, 'POST', rule, EDITABLE);
  }
}

/** What is asked for: rules for these thresholds, through that contact point. */
export interface AlertOrder {
  readonly budget: Budget;
  readonly thresholds: readonly number[];
  readonly contactPoint: string | null;
}

/**
 * Makes the rules, or makes them anew, with the viewer's own permissions.
 *
 * @throws Error with the cause and the cure.
 */
export async function makeRules(
  { budget, thresholds, contactPoint }: AlertOrder,
  settings: AppSettings
): Promise<AlertRule[]> {
  const postgresUid = postgresOf(settings);
  try {
    const common = {
      budget,
      postgresUid,
      contactPoint,
      folderUid: await folderUid(),
      orgId: config.bootData.user.orgId,
    };
    const rules = thresholds.map((threshold) => alertRule({ ...common, threshold }));
    for (const rule of rules) {
      await save(rule);
    }
    return rules;
  } catch (error) {
    if (failedWith(error, 401, 403)) {
      throw new Error(
        `Grafana does not let you make alert rules in the folder “${FOLDER}”. Ask an administrator for the role Editor, or for the permissions to create folders and alert rules.`
      );
    }
    throw error;
  }
}

/** Where Grafana shows a rule. */
export const ruleLink = ({ uid }: Pick<AlertRule, 'uid'>): string => `/alerting/grafana/${uid}/view`;
