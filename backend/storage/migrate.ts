import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ClientBase, DatabaseError, type Pool, type PoolClient } from 'pg';
import { splitStatements } from './sql';

export interface Migration {
  /** `NNNN_name`, the file's name without `.sql`. */
  readonly name: string;
  readonly sql: string;
}

const FOLDER = join(__dirname, 'migrations');
/** Any number that nothing else in the database locks by. */
const LOCK = 7_226_330_151;

/** The migrations of this version, in order. */
export function migrations(folder = FOLDER): Migration[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.sql'))
    .sort()
    .map((file) => ({ name: file.slice(0, -'.sql'.length), sql: readFileSync(join(folder, file), 'utf8') }));
}

/**
 * Brings the database to this version's schema and returns the names of the migrations that were applied. Safe to call
 * from several processes at once and on every start.
 *
 * Each migration runs statement by statement in a transaction of its own, unless its first line is
 * `-- no transaction`; such a one must bear being run again after a failure.
 *
 * @param onWarning is told what a migration could not do with this user's rights, and who has to do what.
 * @throws Error when the database lacks TimescaleDB's community edition, was migrated by a newer version, or a
 * migration that was already applied has changed since.
 */
export async function migrate(
  pool: Pool,
  list: readonly Migration[] = migrations(),
  onWarning: (warning: string) => void = () => undefined
): Promise<string[]> {
  const client = await pool.connect();
  client.on('notice', ({ severity, message, hint }) => {
    if (severity === 'WARNING') {
      onWarning([message, hint].filter(Boolean).join('. '));
    }
  });
  try {
    // Building a rollup or waiting for another replica's migration may outlast the pool's timeout.
    await client.query('SET statement_timeout = 0');
    await requireTimescale(client);
    await client.query('SELECT pg_advisory_lock($1)', [LOCK]);
    return await applyMissing(client, list);
  } finally {
    // Closing the connection also gives back the lock and the timeout, whatever happened.
    await client.query('SELECT pg_advisory_unlock_all()').catch(() => undefined);
    client.release(true);
  }
}

async function applyMissing(client: PoolClient, list: readonly Migration[]): Promise<string[]> {
  await client.query(`CREATE TABLE IF NOT EXISTS public.schema_migrations (
    name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now())`);
  const applied = await client.query<{ name: string; checksum: string }>(
    'SELECT name, checksum FROM public.schema_migrations'
  );
  const known = new Map(applied.rows.map((row) => [row.name, row.checksum]));
  refuseUnknown([...known.keys()], list);
  const done: string[] = [];
  for (const migration of list) {
    const before = known.get(migration.name);
    if (before === undefined) {
      if (await apply(client, migration)) {
        done.push(migration.name);
      }
    } else if (before !== checksum(migration)) {
      throw new Error(
        `migration ${migration.name} has changed since it was applied to this database; ` +
          'restore the file and put the change into a new migration'
      );
    }
  }
  return done;
}

function refuseUnknown(applied: readonly string[], list: readonly Migration[]): void {
  const names = new Set(list.map((migration) => migration.name));
  const unknown = applied.filter((name) => !names.has(name)).sort();
  if (unknown.length > 0) {
    throw new Error(
      `this database was migrated by a newer version (${unknown.join(', ')}); run that version or a later one`
    );
  }
}

/** False when another process was first. */
async function apply(client: PoolClient, migration: Migration): Promise<boolean> {
  const transactional = !/^--\s*no transaction/i.test(migration.sql);
  await client.query('BEGIN');
  try {
    // The advisory lock alone does not part two connections of the embedded engine: they share one session there.
    await client.query('LOCK TABLE public.schema_migrations IN SHARE ROW EXCLUSIVE MODE');
    const there = await client.query('SELECT 1 FROM public.schema_migrations WHERE name = $1', [migration.name]);
    if (there.rows.length === 0) {
      if (transactional) {
        await run(client, migration);
      } else {
        await client.query('COMMIT');
        await run(client, migration);
        await client.query('BEGIN');
      }
      await client.query('INSERT INTO public.schema_migrations (name, checksum) VALUES ($1, $2)', [
        migration.name,
        checksum(migration),
      ]);
    }
    await client.query('COMMIT');
    return there.rows.length === 0;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => undefined);
    throw error;
  }
}

async function run(client: ClientBase, migration: Migration): Promise<void> {
  for (const statement of splitStatements(migration.sql)) {
    try {
      await client.query(statement);
    } catch (error) {
      const what = error instanceof Error ? error.message : String(error);
      const cure = error instanceof DatabaseError && error.hint ? `. ${error.hint}` : '';
      throw new Error(`migration ${migration.name} failed: ${what}${cure}\n${statement}`, { cause: error });
    }
  }
}

/** The checksum doesn't depend on how an editor or git writes line ends. */
const checksum = ({ sql }: Migration): string => createHash('sha256').update(sql.replace(/\r\n/g, '\n')).digest('hex');

async function requireTimescale(client: ClientBase): Promise<void> {
  const installed = await client.query(`SELECT 1 FROM pg_extension WHERE extname = 'timescaledb'`);
  if (installed.rows.length === 0) {
    await installTimescale(client);
  }
  const license = await client.query<{ license: string | null }>(
    `SELECT current_setting('timescaledb.license', true) AS license`
  );
  if (license.rows[0]?.license !== 'timescale') {
    throw new Error(
      'this TimescaleDB is the Apache-only build (timescaledb.license is not "timescale"), which has no continuous ' +
        "aggregates and no compression; install the community edition, for instance from Timescale's own packages"
    );
  }
}

async function installTimescale(client: ClientBase): Promise<void> {
  try {
    await client.query('CREATE EXTENSION IF NOT EXISTS timescaledb');
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(
      `TimescaleDB can't be set up in this database (${what}); install it, add timescaledb to ` +
        'shared_preload_libraries, or let a superuser run CREATE EXTENSION timescaledb once',
      { cause: error }
    );
  }
}
