import path from 'node:path';
import type { Config } from '../config/config';
import { hostPort, localUrl } from './ports';

/** What runs, for the words at the end of the start. */
export interface Running {
  readonly config: Config;
  /** Grafana's address and where to begin there, or null. */
  readonly grafana: { readonly url: string; readonly overviewUid: string | undefined } | null;
  /** Grafana was wanted. */
  readonly grafanaWanted: boolean;
  readonly logs: string;
}

/** As one would type it here: relative where it lies below the current folder. */
function shown(file: string): string {
  const relative = path.relative(process.cwd(), file);
  return relative.startsWith('..') || path.isAbsolute(relative) ? file : relative || '.';
}

/** Every address, and what to do next. */
export function welcome(running: Running): string[] {
  const { config, grafana, grafanaWanted, logs } = running;
  const addresses: Array<readonly [string, string]> = [
    ...(grafana
      ? [
          [
            'Grafana',
            `${grafana.url}${grafana.overviewUid ? `/d/${grafana.overviewUid}` : ''}   (sign in as admin, password admin)`,
          ] as const,
        ]
      : []),
    ['Collector', `${localUrl(config.http)}   (OTLP/HTTP and REST; open it in a browser)`],
    ...(config.grpc ? [['OTLP/gRPC', hostPort(config.grpc)] as const] : []),
    ['Database', database(config)],
    ['Logs', shown(logs)],
  ];
  return [
    ...addresses.map(([name, value]) => `${name.padEnd(10)} ${value}`),
    '',
    ...(!grafana && grafanaWanted
      ? ['No Grafana was found: set GRAFANA_HOME to one (12.3 or newer), or run docker compose up.', '']
      : []),
    'Next, send calls of your own:',
    `  OTEL_EXPORTER_OTLP_ENDPOINT=${localUrl(config.http)}   is all that most OpenTelemetry clients need`,
    '  examples/openai-node   is a whole client',
    'Then set a budget and a contact point: README.md, "Budgets and alerts".',
    '',
    `Ctrl-C ends everything; the data stays in ${shown(config.dataDir)}.`,
  ];
}

function database({ databaseUrl, pg, dataDir }: Config): string {
  return databaseUrl === null
    ? `${hostPort(pg)}   (embedded TimescaleDB; user grafana_reader, password in ${shown(path.join(dataDir, 'secrets.json'))})`
    : 'the one of DATABASE_URL';
}
