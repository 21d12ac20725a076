import { spawn } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parse, stringify } from 'yaml';
import { provisioningEnvironment, settings, writeConfiguration } from '../../../backend/launch/grafana/configuration';
import { findGrafana } from '../../../backend/launch/grafana/find';
import { freePort } from '../../integration/collectorProcess';

const ROOT = path.join(__dirname, '../../..');
const START_MS = 180_000;

interface Setup {
  readonly readerUrl: string;
  readonly hooksUrl: string;
  /** A contact point that budgets name, besides the shipped one. */
  readonly team: string;
}

/**
 * The shipped alerting files, with the route to a team's contact point that policies.yaml describes, and the PostgreSQL data
 * source alone: rules need nothing else.
 */
function writeProvisioning(folder: string, { hooksUrl, team }: Setup): void {
  const file = (...parts: string[]) => path.join(folder, 'provisioning', ...parts);
  const read = (...parts: string[]): Record<string, Array<Record<string, unknown>>> =>
    parse(fs.readFileSync(path.join(ROOT, 'provisioning', ...parts), 'utf8')) as never;
  fs.cpSync(path.join(ROOT, 'provisioning', 'alerting'), file('alerting'), { recursive: true });
  fs.mkdirSync(file('datasources'));
  const { datasources } = read('datasources', 'llm-cost.yaml');
  const rules = datasources!.filter(({ type }) => type === 'grafana-postgresql-datasource');
  fs.writeFileSync(file('datasources', 'postgres.yaml'), stringify({ apiVersion: 1, datasources: rules }));
  const policies = read('alerting', 'policies.yaml').policies!.map((policy) => ({
    ...policy,
    routes: [{ receiver: team, object_matchers: [['contact_point', '=', team]] }],
  }));
  fs.writeFileSync(file('alerting', 'policies.yaml'), stringify({ apiVersion: 1, policies }));
  const receivers = [{ uid: 'team', type: 'webhook', settings: { url: `${hooksUrl}/${team}` } }];
  const contactPoints = [{ orgId: 1, name: team, receivers }];
  fs.writeFileSync(file('alerting', 'team.yaml'), stringify({ apiVersion: 1, contactPoints }));
}

/** A Grafana that does nothing but alerting; null where none is installed. */
export async function startAlerting(setup: Setup): Promise<{ stop(): Promise<void> } | null> {
  const install = findGrafana(process.env);
  if (!install) {
    return null;
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'llmcost-journey-'));
  const reader = new URL(setup.readerUrl);
  const grafana = {
    root: folder,
    folder,
    address: { host: '127.0.0.1', port: await freePort() },
    pluginIds: [],
    pg: {
      host: reader.host,
      database: reader.pathname.slice(1),
      password: reader.password,
      sslMode: 'disable',
    },
    collectorUrl: '',
    collectorToken: '',
    webhookUrl: `${setup.hooksUrl}/shipped`,
  };
  writeProvisioning(folder, setup);
  fs.mkdirSync(String(settings(grafana).paths!.data), { recursive: true });
  const config = writeConfiguration(grafana);
  const child = spawn(
    install.binary,
    ['server', '--config', config, ...(install.home === null ? [] : ['--homepath', install.home])],
    {
      env: { ...process.env, ...provisioningEnvironment(grafana), LLMCOST_PG_USER: reader.username },
      stdio: ['ignore', 'pipe', 'pipe'],
    }
  );
  let log = '';
  child.stdout.on('data', (data: Buffer) => (log += data.toString()));
  child.stderr.on('data', (data: Buffer) => (log += data.toString()));
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const until = Date.now() + START_MS;
  const healthy = () =>
    fetch(`http://127.0.0.1:${grafana.address.port}/api/health`).then(
      ({ ok }) => ok,
      () => false
    );
  while (!(await healthy())) {
    if (child.exitCode !== null || Date.now() > until) {
      throw new Error(`Grafana did not start: ${log.slice(-2_000)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 1_000));
  }
  return {
    stop: async () => {
      child.kill();
      await ended;
      if (process.env.LLMCOST_BENCH_LOG) {
        fs.writeFileSync(process.env.LLMCOST_BENCH_LOG, log);
      }
      fs.rmSync(folder, { recursive: true, force: true });
    },
  };
}
