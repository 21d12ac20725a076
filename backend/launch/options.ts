import path from 'node:path';
import { Command, InvalidArgumentError, Option } from 'commander';
import { type Config, loadConfig } from '../config/config';
import { environmentHelp } from '../config/environment';
import { VERSION } from '../version';
import { localUrl } from './ports';

/** Where Grafana listens. */
export const GRAFANA_HOST = '127.0.0.1';

/** What `npm start` was asked for. */
export interface LaunchOptions {
  readonly demo: boolean;
  /** Days of history that the demo load makes. */
  readonly demoDays: number;
  readonly grafana: boolean;
  readonly grafanaPort: number;
  /** The collector's configuration, with the options already in it. */
  readonly config: Config;
  /** The environment that gives this configuration. */
  readonly env: NodeJS.ProcessEnv;
}

interface Flags {
  readonly demo: boolean;
  readonly demoDays: number;
  readonly grafana: boolean;
  readonly port?: number;
  readonly grpcPort?: number;
  readonly pgPort?: number;
  readonly grafanaPort: number;
  readonly data?: string;
}

/** What `npm start` reads besides the collector's environment. */
export const START_ENVIRONMENT = [
  {
    name: 'GRAFANA_HOME',
    description: "folder of a Grafana (has bin/grafana); unset: the one on PATH, if there's one",
  },
  {
    name: 'LLMCOST_WEBHOOK_URL',
    description: 'where the shipped alert rules send to (default http://127.0.0.1:9099/alerts)',
  },
] as const;

const wholeNumber = (most: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) {
    throw new InvalidArgumentError(`It takes a whole number from 1 to ${most}.`);
  }
  return value;
};
const port = wholeNumber(65_535);

function program(): Command {
  const width = Math.max(...START_ENVIRONMENT.map(({ name }) => name.length));
  const more = START_ENVIRONMENT.map(({ name, description }) => `  ${name.padEnd(width)}  ${description}`);
  return new Command()
    .name('npm start --')
    .description('Starts the collector, a demo load and, where one is installed, Grafana with everything provisioned.')
    .version(VERSION)
    .option('--no-demo', 'start empty, without the demo load')
    .addOption(
      new Option('--demo-days <n>', 'days of history of the demo load').default(30).argParser(wholeNumber(365))
    )
    .option('--no-grafana', 'start without Grafana, even where one is installed')
    .addOption(new Option('--port <n>', 'port of OTLP/HTTP and REST (default 4318)').argParser(port))
    .addOption(new Option('--grpc-port <n>', 'port of OTLP/gRPC (default 4317)').argParser(port))
    .addOption(new Option('--pg-port <n>', 'port of the embedded TimescaleDB (default 54329)').argParser(port))
    .addOption(new Option('--grafana-port <n>', 'port of Grafana').default(3000).argParser(port))
    .option('--data <dir>', 'folder of the database, the logs and the Grafana configuration (default ./data)')
    .allowExcessArguments(false)
    .addHelpText('after', `${environmentHelp()}\nOf npm start itself:\n${more.join('\n')}\n`);
}

/**
 * Reads the command line over the environment: an option wins over its variable.
 *
 * @throws ConfigError for a wrong value in the environment; ends the process for a wrong option, as commander does.
 */
export function readOptions(argv: readonly string[], environment: NodeJS.ProcessEnv): LaunchOptions {
  const flags = program().parse(argv).opts<Flags>();
  const env = {
    ...environment,
    ...moved('LLMCOST_HTTP_ADDR', environment, flags.port),
    ...moved('LLMCOST_GRPC_ADDR', environment, flags.grpcPort),
    ...moved('LLMCOST_PG_ADDR', environment, flags.pgPort),
    ...(flags.data === undefined ? {} : { LLMCOST_DATA_DIR: path.resolve(flags.data) }),
    // Here already: a configuration file that names viewers or approvers needs it.
    ...(flags.grafana && !environment.GRAFANA_URL
      ? { GRAFANA_URL: localUrl({ host: GRAFANA_HOST, port: flags.grafanaPort }) }
      : {}),
  };
  return {
    demo: flags.demo,
    demoDays: flags.demoDays,
    grafana: flags.grafana,
    grafanaPort: flags.grafanaPort,
    config: loadConfig(env),
    env,
  };
}

/** The variable with another port; the host stays as it was set. */
function moved(name: string, environment: NodeJS.ProcessEnv, to: number | undefined): NodeJS.ProcessEnv {
  const host = /^(.+):\d+$/.exec(environment[name] ?? '')?.[1] ?? '127.0.0.1';
  return to === undefined ? {} : { [name]: `${host}:${to}` };
}
