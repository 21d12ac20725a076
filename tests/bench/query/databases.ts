import pg from 'pg';
import { migrate } from '../../../backend/storage/migrate';
import { createPool } from '../../../backend/storage/pool';
import { compressRollups, refreshRollups } from '../../../backend/storage/rollups';
import { fill } from './fill';
import { makeLiteLlm } from './liteLlm';

const DAYS = 90;
/** Tells a filled database from one whose making was interrupted. */
const READY = 'bench.ready';

async function on(url: string, ...statements: readonly string[]): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    let result = await client.query('SELECT');
    for (const statement of statements) {
      result = await client.query(statement);
    }
    return result;
  } finally {
    await client.end();
  }
}

const urlOf = (server: string, name: string): string => {
  const url = new URL(server);
  url.pathname = `/${name}`;
  return url.href;
};

/**
 * A database `llmcost_bench_<events>` on the server with so many events of the last 90 days: that of an earlier run that
 * kept it, brought up to date, or a new one.
 */
export async function filledDatabase(
  server: string,
  events: number,
  tell: (text: string) => void
): Promise<{ readonly url: string; drop(): Promise<void> }> {
  const name = `llmcost_bench_${events}`;
  const url = urlOf(server, name);
  const drop = async () => void (await on(server, `DROP DATABASE IF EXISTS ${name} WITH (FORCE)`));
  const exists = (await on(server, `SELECT FROM pg_database WHERE datname = '${name}'`)).rowCount === 1;
  const ready =
    exists && ((await on(url, `SELECT to_regclass('${READY}') IS NOT NULL AS ready`)).rows[0] as { ready: boolean });
  if (!ready || !ready.ready) {
    await drop();
    await on(server, `CREATE DATABASE ${name}`);
    await on(url, 'CREATE EXTENSION IF NOT EXISTS timescaledb');
  }
  const pool = createPool({ url, name: 'bench', statementTimeoutMs: 0, max: 4 });
  try {
    await migrate(pool);
    if (!ready || !ready.ready) {
      await fill(pool, events, DAYS, (text) => tell(`${name}: ${text}`));
      await pool.query(`CREATE TABLE ${READY} ()`);
    }
    await makeLiteLlm(pool, (text) => tell(`${name}: ${text}`));
    // As the collector does; making the other database takes a while, and days have ended since a kept one was filled.
    await refreshRollups(pool, { quietMs: 0, maxWaitMs: 0 });
    await compressRollups(pool);
  } finally {
    await pool.end();
  }
  return { url, drop };
}
