import fs from 'node:fs';
import path from 'node:path';
import type { Address } from '../config/config';
import { CollectorClient } from '../demo/collectorClient';
import type { Screen } from './console';
import { pgAccess, readerPassword } from './database';
import { overviewDashboard, provisioningEnvironment, writeConfiguration } from './grafana/configuration';
import { findGrafana, type GrafanaInstall } from './grafana/find';
import { buildPlugin, needsBuild, pluginIds } from './grafana/pluginBuild';
import { startKeeper } from './keeper';
import { LaunchError } from './launchError';
import { nodeArgs } from './nodeArgs';
import { COLLECTOR_ENVIRONMENT, COLLECTOR_NODE_FLAGS } from './nodeFlags';
import { GRAFANA_HOST, type LaunchOptions } from './options';
import { localUrl, requireFree, type WantedPort } from './ports';
import { Service } from './service';
import { costSummary } from './summary';
import { welcome } from './welcome';

const COLLECTOR_READY_MS = 120_000;
const HISTORY_MS = 600_000;
const GRAFANA_READY_MS = 180_000;
/** Together these keep a clean end within about ten seconds. */
const GRACE_MS = { grafana: 4_000, demo: 2_000, collector: 10_000 };
const DEFAULT_WEBHOOK = 'http://127.0.0.1:9099/alerts';

/** Everything that `npm start` starts, in order, and ends in the reverse one. */
export class Launch {
  /** Resolves to the reason when a child that should run has ended. */
  readonly failed: Promise<LaunchError>;
  private fail!: (error: LaunchError) => void;
  private readonly services: Service[] = [];
  private readonly keeper = startKeeper();
  private readonly stopped = new AbortController();
  private readonly grafana: GrafanaInstall | null;
  private readonly grafanaAddress: Address;
  private readonly logs: string;
  private readonly collectorUrl: string;
  private stopping: Promise<void> | null = null;

  /** @throws LaunchError when there is a Grafana that can't be used. */
  constructor(
    private readonly options: LaunchOptions,
    private readonly screen: Screen,
    private readonly root: string
  ) {
    const { config, env } = options;
    this.failed = new Promise((resolve) => {
      this.fail = resolve;
    });
    this.grafana = options.grafana ? findGrafana(env) : null;
    this.grafanaAddress = { host: GRAFANA_HOST, port: options.grafanaPort };
    this.logs = path.join(config.dataDir, 'logs');
    this.collectorUrl = localUrl(config.http);
  }

  /**
   * Starts everything and tells what there is and what to do next.
   *
   * @throws LaunchError with cause and cure.
   */
  async start(): Promise<void> {
    const { config, demo } = this.options;
    await requireFree(this.wantedPorts());
    fs.mkdirSync(config.dataDir, { recursive: true, mode: 0o700 });
    const password = readerPassword(config);
    await this.startCollector(password);
    // While the demo's history loads, the plugin is built and Grafana starts.
    await Promise.all([demo ? this.startDemo() : undefined, this.grafana && this.startGrafana(this.grafana, password)]);
    await this.showSummary();
    this.showWelcome();
  }

  /** Ends everything, the last started first. `hurry` skips the children's grace. */
  stop(hurry?: AbortSignal): Promise<void> {
    this.stopping ??= (async () => {
      this.stopped.abort();
      for (const name of ['grafana', 'demo', 'collector']) {
        await this.services.find((service) => service.name === name)?.stop(hurry);
      }
      this.keeper.close();
    })();
    return this.stopping;
  }

  private wantedPorts(): WantedPort[] {
    const { config } = this.options;
    return [
      { what: 'OTLP/HTTP and REST', address: config.http, option: '--port' },
      ...(config.grpc ? [{ what: 'OTLP/gRPC', address: config.grpc, option: '--grpc-port' }] : []),
      ...(config.databaseUrl ? [] : [{ what: 'embedded TimescaleDB', address: config.pg, option: '--pg-port' }]),
      ...(this.grafana ? [{ what: 'Grafana', address: this.grafanaAddress, option: '--grafana-port' }] : []),
    ];
  }

  private async preparePlugin(): Promise<void> {
    if (needsBuild(this.root)) {
      const began = Date.now();
      this.screen.say('Building the Grafana plugin, up to a minute the first time …');
      await buildPlugin(this.root, path.join(this.logs, 'plugin-build.log'), this.stopped.signal);
      this.screen.say(`Plugin built in ${seconds(began)}.`);
    }
  }

  private async startCollector(password: string): Promise<void> {
    const { config, env } = this.options;
    const began = Date.now();
    this.screen.say(`Starting the collector${config.databaseUrl ? '' : ' and its embedded TimescaleDB'} …`);
    const args = [...COLLECTOR_NODE_FLAGS, ...this.script('backend/cli/collector.ts')];
    const collector = this.run('collector', process.execPath, args, {
      ...COLLECTOR_ENVIRONMENT,
      ...env,
      LLMCOST_DATA_DIR: config.dataDir,
      ...(config.databaseUrl ? { LLMCOST_READER_PASSWORD: password } : {}),
    });
    await collector.waitForLine((line) => line.startsWith('ready http') || undefined, COLLECTOR_READY_MS);
    this.screen.say(`Collector ready at ${this.collectorUrl} after ${seconds(began)}.`);
  }

  /** Resolves when the history is there; the live calls go on. */
  private async startDemo(): Promise<void> {
    const args = ['--url', this.collectorUrl, '--days', String(this.options.demoDays)];
    const script = this.script('backend/demo/main.ts', ...args);
    const demo = this.run('demo', process.execPath, script, this.options.env);
    demo.onLine((line) => {
      const share = /^history (\d+)% (\d+) calls/.exec(line);
      if (share) {
        this.screen.progress(`Demo load: ${share[1]}% of the history, ${share[2]} calls`);
      }
    });
    const done = await demo.waitForLine((line) => /^history complete: (.*)$/.exec(line)?.[1], HISTORY_MS);
    this.screen.say(`Demo load: history complete, ${done}; live calls follow.`);
  }

  private async startGrafana({ binary, home, version }: GrafanaInstall, password: string): Promise<void> {
    const { config, env } = this.options;
    await this.preparePlugin();
    const began = Date.now();
    this.screen.say(`Starting Grafana ${version} …`);
    const setup = {
      root: this.root,
      folder: path.join(config.dataDir, 'grafana'),
      address: this.grafanaAddress,
      pluginIds: pluginIds(this.root),
      pg: pgAccess(config, password),
      collectorUrl: this.collectorUrl,
      collectorToken: config.adminKey ?? '',
      webhookUrl: env.LLMCOST_WEBHOOK_URL ?? DEFAULT_WEBHOOK,
    };
    const args = ['server', ...(home ? ['--homepath', home] : []), '--config', writeConfiguration(setup)];
    const grafana = this.run('grafana', binary, args, { ...env, ...provisioningEnvironment(setup) });
    const health = `${localUrl(this.grafanaAddress)}/api/health`;
    await grafana.waitUntil(async () => (await fetch(health).catch(() => null))?.ok ?? false, GRAFANA_READY_MS);
    this.screen.say(`Grafana ready at ${localUrl(this.grafanaAddress)} after ${seconds(began)}.`);
  }

  private script = (file: string, ...args: readonly string[]): string[] =>
    nodeArgs(path.join(this.root, file), ...args);

  private run(name: keyof typeof GRACE_MS, command: string, args: readonly string[], env: NodeJS.ProcessEnv): Service {
    if (this.stopping) {
      throw new LaunchError('ending');
    }
    const logPath = path.join(this.logs, `${name}.log`);
    const spec = { name, command, args, env, cwd: this.root, logPath, graceMs: GRACE_MS[name] };
    const service = new Service(spec, this.keeper);
    this.services.push(service);
    void service.exited.then((exit) => {
      if (!this.stopping) {
        this.fail(service.failure(exit));
      }
    });
    return service;
  }

  private async showSummary(): Promise<void> {
    const collector = new CollectorClient(this.collectorUrl, this.options.config.adminKey ?? undefined);
    const lines = await costSummary(collector);
    this.show(lines ?? ['No calls yet: send some (below) and they appear within seconds.']);
  }

  private showWelcome(): void {
    const { config, grafana: grafanaWanted } = this.options;
    const grafana = this.grafana && {
      url: localUrl(this.grafanaAddress),
      overviewUid: overviewDashboard(this.root)?.uid,
    };
    this.show(welcome({ config, grafana, grafanaWanted, logs: this.logs }));
  }

  private show(lines: readonly string[]): void {
    this.screen.say();
    lines.forEach((line) => this.screen.say(line ? `  ${line}` : ''));
  }
}

const seconds = (since: number): string => `${((Date.now() - since) / 1000).toFixed(1)} s`;
