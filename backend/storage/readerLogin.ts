import { createHash, createHmac, pbkdf2Sync, randomBytes } from 'node:crypto';
import pg from 'pg';
import { sqlState } from './errors';
import { inTransaction } from './transaction';

export interface ReaderLogin {
  readonly user: string;
  readonly password: string;
}

/** Any number that nothing else in the database locks by. */
const LOCK = 7_226_330_153;

/**
 * Settings of the login. A Viewer can lift all but temp_file_limit for the session that Grafana's pool gives them: they
 * keep honest people from accidents; what must not happen is kept out by rights (migration 0005).
 */
const SETTINGS: ReadonlyArray<readonly [name: string, value: string]> = [
  ['default_transaction_read_only', 'on'],
  ['statement_timeout', '30s'],
  ['idle_in_transaction_session_timeout', '1min'],
  ['lock_timeout', '5s'],
  ['search_path', 'pg_catalog, public'],
  // Compiling a query takes longer than running it on a rollup.
  ['jit', 'off'],
  // Sums by user or run over a month don't fit into the default of 4 MB, and are four times slower on the disk.
  ['work_mem', '64MB'],
];
/** Only a superuser may set it, and nobody else can lift it. */
const TEMP_FILE_LIMIT = '512MB';

/**
 * Makes, or updates, the login that Grafana's PostgreSQL source uses on a native database: a member of llmcost_reader.
 *
 * @returns what the database's owner could not set up, in words for the log; empty when all is as it should be.
 * @throws Error when this user may not create roles, naming what an administrator has to run.
 */
export async function ensureReaderLogin(pool: pg.Pool, login: ReaderLogin): Promise<string[]> {
  const user = pg.escapeIdentifier(login.user);
  try {
    return await inTransaction(pool, async (client) => {
      // Two replicas that alter one role at a time would fail with "tuple concurrently updated".
      await client.query('SELECT pg_advisory_xact_lock($1)', [LOCK]);
      const known = await client.query('SELECT 1 FROM pg_catalog.pg_roles WHERE rolname = $1', [login.user]);
      const verb = known.rows.length === 0 ? 'CREATE' : 'ALTER';
      await client.query(`${verb} ROLE ${user} LOGIN INHERIT PASSWORD ${pg.escapeLiteral(verifier(login.password))}`);
      await client.query(`GRANT llmcost_reader TO ${user}`);
      for (const [name, value] of SETTINGS) {
        await client.query(`ALTER ROLE ${user} SET ${name} = ${settingValue(name, value)}`);
      }
      return limitTempFiles(client, user);
    });
  } catch (error) {
    if (sqlState(error) !== '42501') {
      throw error;
    }
    throw new Error(
      `this database user may not create the login ${login.user}; let an administrator run: ` +
        `CREATE ROLE ${user} LOGIN PASSWORD '…' IN ROLE llmcost_reader`,
      { cause: error }
    );
  }
}

/** search_path is a list of names, not one string. */
const settingValue = (name: string, value: string): string =>
  name === 'search_path' ? value : pg.escapeLiteral(value);

async function limitTempFiles(client: pg.PoolClient, user: string): Promise<string[]> {
  await client.query('SAVEPOINT superuser_setting');
  try {
    await client.query(`ALTER ROLE ${user} SET temp_file_limit = '${TEMP_FILE_LIMIT}'`);
    return [];
  } catch (error) {
    if (sqlState(error) !== '42501') {
      throw error;
    }
    await client.query('ROLLBACK TO SAVEPOINT superuser_setting');
    return [
      `a query of ${user} can fill the disk with temporary files; let a superuser run: ` +
        `ALTER ROLE ${user} SET temp_file_limit = '${TEMP_FILE_LIMIT}'`,
    ];
  }
}

const ITERATIONS = 4096;

/**
 * The password as PostgreSQL keeps it (SCRAM-SHA-256, RFC 5803), so that the password itself stands in no server log.
 * Passwords beyond ASCII would need SASLprep and are sent as they are.
 */
export function verifier(password: string, salt: Buffer = randomBytes(16)): string {
  if (!/^[\x20-\x7e]*$/.test(password)) {
    return password;
  }
  const salted = pbkdf2Sync(password, salt, ITERATIONS, 32, 'sha256');
  const key = (name: string): Buffer => createHmac('sha256', salted).update(name).digest();
  const stored = createHash('sha256').update(key('Client Key')).digest('base64');
  return `SCRAM-SHA-256$${ITERATIONS}:${salt.toString('base64')}$${stored}:${key('Server Key').toString('base64')}`;
}
