import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Config } from '../config/config';
import type { PgAccess } from './grafana/configuration';
import { LaunchError } from './launchError';
import { hostPort } from './ports';

const EMBEDDED_DATABASE = 'llmcost';

/** A password for Grafana's login on a database of one's own, when none is set: it only has to hold for this start. */
export const readerPassword = (config: Config): string =>
  config.readerPassword ?? randomBytes(24).toString('base64url');

/** How Grafana reaches the database. @throws LaunchError when the collector left no password for it. */
export function pgAccess(config: Config, password: string): PgAccess {
  if (config.databaseUrl === null) {
    return {
      host: hostPort(config.pg),
      database: EMBEDDED_DATABASE,
      password: embeddedPassword(config),
      sslMode: 'disable',
    };
  }
  const url = new URL(config.databaseUrl);
  return {
    host: `${url.hostname}:${url.port || '5432'}`,
    database: decodeURIComponent(url.pathname.slice(1)),
    password,
    sslMode: url.searchParams.get('sslmode') ?? 'disable',
  };
}

/** The collector keeps the passwords of its embedded database in a file that only its user can read. */
function embeddedPassword({ readerPassword: chosen, dataDir }: Config): string {
  if (chosen !== null) {
    return chosen;
  }
  const file = path.join(dataDir, 'secrets.json');
  try {
    return (JSON.parse(fs.readFileSync(file, 'utf8')) as { reader_password: string }).reader_password;
  } catch (error) {
    throw new LaunchError(`the database password for Grafana can't be read from ${file}: ${(error as Error).message}`);
  }
}
