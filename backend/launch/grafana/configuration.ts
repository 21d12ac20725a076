import fs from 'node:fs';
import path from 'node:path';
import type { Address } from '../../config/config';
import { localUrl } from '../ports';

/** Where Grafana reads the database; the names are those of provisioning/datasources. */
export interface PgAccess {
  /** HOST:PORT */
  readonly host: string;
  readonly database: string;
  readonly password: string;
  readonly sslMode: string;
}

export interface GrafanaSetup {
  /** Root of this repository. */
  readonly root: string;
  /** Grafana's own folder under the data folder. */
  readonly folder: string;
  readonly address: Address;
  readonly pluginIds: readonly string[];
  readonly pg: PgAccess;
  readonly collectorUrl: string;
  /** What the plugin's proxy shows the collector; empty where the collector is open. */
  readonly collectorToken: string;
  readonly webhookUrl: string;
}

type Ini = Readonly<Record<string, Readonly<Record<string, string | number | boolean>>>>;

/** Loopback only, nothing sent anywhere, and our plugin although it isn't signed. */
export const settings = ({ root, folder, address, pluginIds }: GrafanaSetup): Ini => ({
  paths: {
    data: path.join(folder, 'data'),
    logs: path.join(folder, 'logs'),
    plugins: path.join(folder, 'plugins'),
    provisioning: path.join(root, 'provisioning'),
  },
  server: {
    http_addr: address.host,
    http_port: address.port,
    domain: address.host,
    root_url: `${localUrl(address)}/`,
  },
  database: { type: 'sqlite3', wal: true },
  analytics: {
    reporting_enabled: false,
    check_for_updates: false,
    check_for_plugin_updates: false,
    feedback_links_enabled: false,
  },
  news: { news_feed_enabled: false },
  snapshots: { external_enabled: false },
  security: { disable_gravatar: true },
  users: { allow_sign_up: false },
  // Cookies know no port: another Grafana on this host keeps its own session.
  auth: { login_cookie_name: 'llmcost_grafana_session' },
  plugins: {
    allow_loading_unsigned_plugins: pluginIds.join(','),
    preinstall_disabled: true,
    preinstall_auto_update: false,
    public_key_retrieval_disabled: true,
  },
  'plugin.llmcost-app': { path: path.join(root, 'dist') },
  dashboards: homeDashboard(root),
  // The first notification waits for this poll; its default is a minute.
  unified_alerting: { alertmanager_config_poll_interval: '5s' },
  log: { mode: 'console', level: 'info' },
  'log.console': { format: 'console' },
});

/** The Overview; without it Grafana's own start page, which asks the internet for news. */
function homeDashboard(root: string): Record<string, string> {
  const overview = overviewDashboard(root);
  return overview ? { default_home_dashboard_path: overview.file } : {};
}

/** File and uid of the dashboard that a newcomer should see first. */
export function overviewDashboard(root: string): { file: string; uid: string } | null {
  const folder = path.join(root, 'dashboards');
  const name = fs.existsSync(folder) ? fs.readdirSync(folder).find((file) => /overview\.json$/.test(file)) : undefined;
  if (!name) {
    return null;
  }
  const file = path.join(folder, name);
  return { file, uid: (JSON.parse(fs.readFileSync(file, 'utf8')) as { uid: string }).uid };
}

/** The variables that the files under provisioning/ name. */
export const provisioningEnvironment = ({ root, pg, collectorUrl, collectorToken, webhookUrl }: GrafanaSetup) => ({
  LLMCOST_PG_HOST: pg.host,
  LLMCOST_PG_DATABASE: pg.database,
  LLMCOST_PG_USER: 'grafana_reader',
  LLMCOST_PG_PASSWORD: pg.password,
  LLMCOST_PG_SSLMODE: pg.sslMode,
  LLMCOST_COLLECTOR_URL: collectorUrl,
  LLMCOST_COLLECTOR_TOKEN: collectorToken,
  LLMCOST_DASHBOARDS: path.join(root, 'dashboards'),
  LLMCOST_WEBHOOK_URL: webhookUrl,
});

/** Writes `grafana.ini` and the folders it names; gives its path. */
export function writeConfiguration(setup: GrafanaSetup): string {
  const file = path.join(setup.folder, 'grafana.ini');
  const { data, logs, plugins } = settings(setup).paths!;
  for (const folder of [data, logs, plugins]) {
    fs.mkdirSync(String(folder), { recursive: true });
  }
  fs.writeFileSync(file, ini(settings(setup)));
  return file;
}

const ini = (sections: Ini): string =>
  Object.entries(sections)
    .map(([name, keys]) => [`[${name}]`, ...Object.entries(keys).map(([key, value]) => `${key} = ${value}`), ''])
    .flat()
    .join('\n');
