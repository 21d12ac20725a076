import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/config';
import { startEmbedded } from '../embedded';

/** A running database. */
export interface Database {
  /** URL with full rights. */
  readonly url: string;
  readonly embedded: boolean;
  /** Told when an embedded database ends by itself. */
  readonly onExit: (listener: (code: number | null) => void) => void;
  close(): Promise<void>;
}

interface Secrets {
  readonly owner_password: string;
  readonly reader_password: string;
}

/** The embedded database's passwords: made up at the first start, readable by this user only. */
function embeddedSecrets(dataDir: string, readerPassword: string | null): Secrets {
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const file = path.join(dataDir, 'secrets.json');
  const known = fs.existsSync(file) ? (JSON.parse(fs.readFileSync(file, 'utf8')) as Partial<Secrets>) : {};
  const make = () => randomBytes(24).toString('base64url');
  const secrets = {
    owner_password: known.owner_password ?? make(),
    reader_password: readerPassword ?? known.reader_password ?? make(),
  };
  fs.writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** The database of DATABASE_URL, or the embedded one, started. */
export async function openDatabase(config: Config, log: Logger): Promise<Database> {
  if (config.databaseUrl !== null) {
    return { url: config.databaseUrl, embedded: false, onExit: () => undefined, close: () => Promise.resolve() };
  }
  const secrets = embeddedSecrets(config.dataDir, config.readerPassword);
  const embedded = await startEmbedded({
    dataDir: path.join(config.dataDir, 'timescaledb'),
    host: config.pg.host,
    port: config.pg.port,
    ownerPassword: secrets.owner_password,
    readerPassword: secrets.reader_password,
    log: ({ level, msg }) => log[level]({ part: 'embedded' }, msg),
  });
  return {
    url: embedded.ownerUrl,
    embedded: true,
    onExit: (listener) => embedded.onExit(listener),
    close: () => embedded.close(),
  };
}
