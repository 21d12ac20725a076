import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { type GrafanaSetup, provisioningEnvironment, writeConfiguration } from './configuration';

let folder: string;
let setup: GrafanaSetup;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-grafana-'));
  fs.mkdirSync(path.join(folder, 'dashboards'));
  fs.writeFileSync(path.join(folder, 'dashboards', 'overview.json'), '{ "uid": "llm-cost-overview" }');
  setup = {
    root: folder,
    folder: path.join(folder, 'grafana'),
    address: { host: '127.0.0.1', port: 3300 },
    pluginIds: ['llmcost-app', 'llmcost-datasource'],
    pg: { host: '127.0.0.1:54329', database: 'llmcost', password: 'p', sslMode: 'disable' },
    collectorUrl: 'http://127.0.0.1:4318',
    collectorToken: '',
    webhookUrl: 'http://127.0.0.1:9099/alerts',
  };
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

it('listens on loopback, sends nothing out, loads our plugins unsigned and opens on the Overview', () => {
  const lines = fs.readFileSync(writeConfiguration(setup), 'utf8').split('\n');
  expect(lines).toEqual(
    expect.arrayContaining([
      'http_addr = 127.0.0.1',
      'http_port = 3300',
      'root_url = http://127.0.0.1:3300/',
      'reporting_enabled = false',
      'check_for_updates = false',
      'check_for_plugin_updates = false',
      'feedback_links_enabled = false',
      'news_feed_enabled = false',
      'disable_gravatar = true',
      'preinstall_disabled = true',
      'allow_loading_unsigned_plugins = llmcost-app,llmcost-datasource',
      '[plugin.llmcost-app]',
      `path = ${path.join(folder, 'dist')}`,
      `provisioning = ${path.join(folder, 'provisioning')}`,
      `default_home_dashboard_path = ${path.join(folder, 'dashboards', 'overview.json')}`,
    ])
  );
  expect(fs.existsSync(path.join(folder, 'grafana', 'plugins'))).toBe(true);
});

it('gives the provisioning files every variable that they name', () => {
  const provisioning = path.join(__dirname, '..', '..', '..', 'provisioning');
  const files = fs
    .readdirSync(provisioning, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.ya?ml$/.test(name));
  const named = files.flatMap((name) => {
    const text = fs.readFileSync(path.join(provisioning, name), 'utf8');
    return [...text.matchAll(/(?<!\$)\$\{?(LLMCOST_[A-Z_]+)/g)].map((match) => match[1]!);
  });
  expect(named).not.toEqual([]);
  expect(Object.keys(provisioningEnvironment(setup))).toEqual(expect.arrayContaining([...new Set(named)]));
});
