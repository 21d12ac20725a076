import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { provisioningEnvironment } from '../../backend/launch/grafana/configuration';
import { ROLLUPS } from '../../src/query';

const root = join(__dirname, '../..');
const folder = (name: string) => join(root, 'provisioning', name);

/** All files of a provisioning folder, merged by their lists. */
function load<T>(name: string, key: string): T[] {
  const files = readdirSync(folder(name)).map((file) => readFileSync(join(folder(name), file), 'utf8'));
  return files.flatMap((text) => (parse(text) as Record<string, T[] | undefined>)[key] ?? []);
}

interface Source {
  uid: string;
  type: string;
  jsonData: Record<string, unknown>;
}
interface RuleQuery {
  refId: string;
  datasourceUid: string;
  relativeTimeRange: { from: unknown; to: unknown };
  model: { datasource: { type: string; uid: string }; rawSql?: string; format?: string };
}
interface Rule {
  uid: string;
  title: string;
  condition: string;
  data: RuleQuery[];
  noDataState: string;
  execErrState: string;
  annotations: Record<string, string>;
  labels: Record<string, string>;
  /** Without them the notification policies say where it goes. */
  notification_settings?: { receiver: string; group_by: string[] };
}
interface Policy {
  receiver: string;
  group_by: string[];
}

const sources = load<Source>('datasources', 'datasources');
const apps = load<{ type: string; jsonData: Record<string, string> }>('plugins', 'apps');
const providers = load<{ folder: string; allowUiUpdates: boolean; options: { path: string } }>(
  'dashboards',
  'providers'
);
const contactPoints = load<{ name: string; receivers: Array<{ settings: { url: string } }> }>(
  'alerting',
  'contactPoints'
);
const policies = load<Policy>('alerting', 'policies');
const groups = load<{ folder: string; rules: Rule[] }>('alerting', 'groups');
const rules = groups.flatMap((group) => group.rules);
const json = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8')) as Record<string, unknown>;

const dashboards = readdirSync(join(root, 'dashboards')).map(
  (file) => json(`dashboards/${file}`) as { uid: string; panels: Array<{ id: number; title: string }> }
);
const find = <T>(list: T[], ok: (one: T) => boolean): T => {
  const found = list.find(ok);
  expect(found).toBeDefined();
  return found!;
};

describe('environment', () => {
  const text = ['datasources', 'plugins', 'dashboards', 'alerting']
    .flatMap((name) => readdirSync(folder(name)).map((file) => readFileSync(join(folder(name), file), 'utf8')))
    .join('\n');
  const setup = {
    root,
    folder: '',
    address: { host: '127.0.0.1', port: 3000 },
    pluginIds: [],
    pg: { host: '', database: '', password: '', sslMode: '' },
    collectorUrl: '',
    collectorToken: '',
    webhookUrl: '',
  };

  it('is what npm start gives Grafana, no more and no less', () => {
    const used = new Set([...text.matchAll(/\$(LLMCOST_\w+)/g)].map(([, name]) => name));
    expect([...used].sort()).toEqual(Object.keys(provisioningEnvironment(setup)).sort());
  });

  it('holds every secret: no password, key or address is written into a file', () => {
    const values = [...text.matchAll(/(?:password|collectorToken|url): (\S+)/gi)].map(([, value]) => value);
    expect(values.length).toBeGreaterThan(2);
    expect(values.filter((value) => !value!.startsWith('$LLMCOST_'))).toEqual([]);
  });
});

describe('data sources', () => {
  it('the cost source reads through the PostgreSQL source that is provisioned', () => {
    const cost = find(sources, ({ type }) => type === json('src/datasource/plugin.json').id);
    const postgres = find(sources, ({ uid }) => uid === cost.jsonData.postgresUid);
    expect(postgres.type).toBe('grafana-postgresql-datasource');
    // Grafana's PostgreSQL source asks for a database in its settings and refuses every query without one.
    expect(postgres.jsonData.database).toBe('$LLMCOST_PG_DATABASE');
  });

  it('the app knows the cost source', () => {
    const app = find(apps, ({ type }) => type === json('src/plugin.json').id);
    expect(sources.map(({ uid }) => uid)).toContain(app.jsonData.datasourceUid);
  });
});

describe('dashboards', () => {
  it('stay as they are over restarts, apart from the folder of the rules', () => {
    for (const provider of providers) {
      expect(provider.allowUiUpdates).toBe(true);
      expect(groups.filter((group) => group.folder.startsWith(provider.folder))).toEqual([]);
    }
  });
});

/** Views that cost the same however many calls there are. A rule is evaluated every minute, for ever. */
const READ_BY_RULES: ReadonlySet<string> = new Set(
  [
    ...ROLLUPS.map(({ name }) => name),
    'budget_status',
    'budget_threshold_status',
    'budget_burn',
    'budget_routes',
    'approval_status',
  ].map((name) => `public.${name}`)
);

describe('alert rules', () => {
  it('have uids of their own', () => {
    expect(rules.length).toBeGreaterThan(0);
    expect(new Set(rules.map(({ uid }) => uid)).size).toBe(rules.length);
  });

  it.each(rules.map((rule) => [rule.title, rule] as const))(
    '%s: reads provisioned sources, rollups and views of budgets only, by full names',
    (_title, rule) => {
      expect(rule.data.map(({ refId }) => refId)).toContain(rule.condition);
      for (const { datasourceUid, model, relativeTimeRange } of rule.data) {
        expect(model.datasource.uid).toBe(datasourceUid);
        expect([...sources.map(({ uid }) => uid), '__expr__']).toContain(datasourceUid);
        expect(Number.isInteger(relativeTimeRange.from) && Number.isInteger(relativeTimeRange.to)).toBe(true);
        const tables = [...(model.rawSql ?? '').matchAll(/\b(?:FROM|JOIN)\s+([\w.]+)/gi)].map(([, name]) => name);
        expect(tables.filter((name) => !READ_BY_RULES.has(name!))).toEqual([]);
      }
    }
  );

  it.each(rules.map((rule) => [rule.title, rule] as const))(
    '%s: goes to a provisioned contact point and leads to a panel',
    (_title, rule) => {
      const { receiver, group_by } = rule.notification_settings ?? policies[0]!;
      expect(contactPoints.map(({ name }) => name)).toContain(receiver);
      expect(group_by).toEqual(expect.arrayContaining(['grafana_folder', 'alertname', 'tenant']));
      const dashboard = find(dashboards, ({ uid }) => uid === rule.annotations.__dashboardUid__);
      expect(dashboard.panels.map(({ id }) => String(id))).toContain(rule.annotations.__panelId__);
    }
  );

  it('lead to the dashboard of their subject', () => {
    const led = rules.map(({ uid, annotations }) => [
      uid.replace('llm_cost_', ''),
      annotations.__dashboardUid__!.replace('llm-cost-', ''),
      find(
        find(dashboards, (one) => one.uid === annotations.__dashboardUid__).panels,
        ({ id }) => String(id) === annotations.__panelId__
      ).title,
    ]);
    expect(led.map((row) => row.join(' › '))).toEqual([
      'budget_threshold › budgets › Burn-down',
      'budget_used_up › budgets › Burn-down',
      'approval_waiting › budgets › Status',
      'budget_projected › budgets › Burn-down',
      'budget_burn_fast › budgets › Burn-down',
      'budget_burn_slow › budgets › Burn-down',
      'hourly_spike › overview › Cost by ${split:text}',
      'token_inflation › efficiency › Token inflation',
      'retry_rate › efficiency › Retries and waste',
      'unpriced › quality › Calls without a price',
      'source_silent › quality › Calls by source',
      'month_above_budget › overview › This month',
    ]);
  });

  it('those of budgets carry what policies route by', () => {
    const budgets = rules.filter(({ data }) => /\bbudget_id\b/.test(data[0]!.model.rawSql ?? ''));
    expect(budgets.map(({ uid }) => uid).sort()).toEqual([
      'llm_cost_approval_waiting',
      'llm_cost_budget_burn_fast',
      'llm_cost_budget_burn_slow',
      'llm_cost_budget_projected',
      'llm_cost_budget_threshold',
      'llm_cost_budget_used_up',
    ]);
    for (const { data, notification_settings: direct } of budgets) {
      expect(data[0]!.model.rawSql).toMatch(/AS tenant, .* AS project, name AS budget,[^]*\bcontact_point\b/);
      expect(direct).toBeUndefined();
    }
    expect(policies).toHaveLength(1);
  });

  it.each(rules.map((rule) => [rule.title, rule] as const))(
    '%s: says how bad and how much it is, and survives a database that is away',
    (_title, rule) => {
      expect(rule.labels.severity).toMatch(/^(warning|critical)$/);
      expect(rule.annotations.summary).toContain('$values.A.Value');
      expect([rule.noDataState, rule.execErrState]).toEqual(['KeepLast', 'KeepLast']);
    }
  );
});
