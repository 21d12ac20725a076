import { Client, type QueryResult } from 'pg';
import { ensureReaderLogin } from '../../../backend/storage/readerLogin';
import { storeEvents } from '../../../backend/storage/writer';
import { ROLLUPS } from '../../../src/query/rollups';
import { DAY, now, openStorage, randomEvents, type Storage } from './support';

let storage: Storage;
beforeAll(async () => {
  storage = await openStorage();
  await storeEvents(storage.pool, randomEvents(50, now() - 3 * DAY, now(), 1));
});
afterAll(() => storage.close());

/** Runs statements one after the other on one connection of the reader; the last one's result. */
async function asReader(...statements: readonly string[]): Promise<QueryResult<Record<string, unknown>>> {
  const client = new Client({ connectionString: storage.readerUrl });
  await client.connect();
  try {
    let result = await client.query<Record<string, unknown>>('SELECT 1');
    for (const statement of statements) {
      result = await client.query<Record<string, unknown>>(statement);
    }
    return result;
  } finally {
    await client.end();
  }
}

test.each(['usage_events', 'prices', ...ROLLUPS.map(({ name }) => name)])('reads %s', async (relation) => {
  const wanted = await storage.pool.query(`SELECT count(*)::int AS rows FROM public.${relation}`);
  expect((await asReader(`SELECT count(*)::int AS rows FROM public.${relation}`)).rows).toEqual(wanted.rows);
});

test.each(['api_keys', 'price_audit', 'repriced_events', 'event_times', 'schema_migrations'])(
  'does not read %s',
  async (relation) => {
    await expect(asReader(`SELECT * FROM public.${relation}`)).rejects.toThrow(/permission denied/);
  }
);

/** Every one of these after switching off what a session may switch off. */
const UNLOCK = ['SET default_transaction_read_only = off', 'SET statement_timeout = 0'];

test.each([
  ['insert', "INSERT INTO public.prices (price_id) VALUES ('x')"],
  ['update', "UPDATE public.usage_events SET tenant = 'x'"],
  ['delete', 'DELETE FROM public.usage_events'],
  ['truncate', 'TRUNCATE public.usage_events'],
  ['drop chunks', "SELECT drop_chunks('public.usage_events', now())"],
  ['drop a view', 'DROP VIEW public.usage_1h'],
  ['mark or unmark hours', 'DELETE FROM public.rollup_dirty'],
  ['create a table', 'CREATE TABLE public.mine (a int)'],
  ['shadow a view by a temporary table', 'CREATE TEMPORARY TABLE usage_1h (a int)'],
  ['create a temporary view', 'CREATE TEMPORARY VIEW usage_1h AS SELECT 1'],
  ['create a schema', 'CREATE SCHEMA mine'],
  ['create a function', "CREATE FUNCTION public.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'"],
  [
    'replace one of ours',
    "CREATE OR REPLACE FUNCTION public.clamped(total numeric) RETURNS bigint LANGUAGE sql AS 'SELECT 1'",
  ],
  ['become the owner', 'SET ROLE postgres'],
  ['raise its own rights', 'ALTER ROLE llmcost_reader SUPERUSER'],
  ['write a large object', "SELECT lo_from_bytea(0, 'abc')"],
  ['hold the lock of the refresher', 'SELECT pg_advisory_lock(7226330152)'],
  ['send a notification', "SELECT pg_notify('llmcost', 'x')"],
  ['end others', 'SELECT pg_terminate_backend(pid) FROM pg_stat_activity'],
  ['run a program', "COPY (SELECT 1) TO PROGRAM 'true'"],
  ['read a file', "SELECT pg_read_file('PG_VERSION')"],
  ['write a file', "COPY (SELECT 1) TO '/dev/null'"],
  ['add a background job', "SELECT add_job('pg_sleep', '1s')"],
  ['refresh a rollup', "CALL refresh_continuous_aggregate('public.usage_1h_rollup', NULL, NULL)"],
  ['lift the limit on temporary files', 'SET temp_file_limit = -1'],
  ['several statements in one', 'SELECT 1; DELETE FROM public.usage_events'],
  ['a write inside of a query', 'WITH gone AS (DELETE FROM public.usage_events RETURNING 1) SELECT * FROM gone'],
])('cannot %s', async (_, attack) => {
  const unlocked = await asReader(...UNLOCK).then(
    () => UNLOCK,
    () => []
  );
  await expect(asReader(...unlocked, attack)).rejects.toMatchObject({
    code: expect.stringMatching(/^(42|25|0A|57)/) as string,
  });
  const { rows } = await storage.pool.query(
    'SELECT count(*)::int AS events, count(DISTINCT tenant)::int AS tenants FROM public.usage_events'
  );
  expect(rows).toEqual([{ events: 50, tenants: 2 }]);
});

test('cannot give its rights to others', async () => {
  // PostgreSQL only warns about it.
  await asReader('GRANT SELECT ON public.usage_events TO PUBLIC').catch(() => undefined);
  const { rows } = await storage.pool.query(
    `SELECT has_table_privilege('public', 'public.usage_events', 'SELECT') AS given`
  );
  expect(rows).toEqual([{ given: false }]);
});

describe('the login for a native database', () => {
  const user = `reader_${Math.random().toString(36).slice(2)}"x`;
  const quoted = `"${user.replace(/"/g, '""')}"`;
  afterAll(() => storage.pool.query(`DROP ROLE ${quoted}`));

  test('is a member of llmcost_reader with limits, however often it is made', async () => {
    const results = await Promise.all(
      [1, 2].map(() => ensureReaderLogin(storage.pool, { user, password: "it's secret" }))
    );
    expect(results).toEqual([[], []]);
    const { rows } = await storage.pool.query<{ settings: string[] }>(
      `SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, pg_has_role(rolname, 'llmcost_reader', 'USAGE') AS member,
         rolconfig AS settings FROM pg_roles WHERE rolname = $1`,
      [user]
    );
    expect(rows[0]).toMatchObject({
      rolcanlogin: true,
      rolsuper: false,
      rolcreaterole: false,
      rolcreatedb: false,
      member: true,
    });
    expect(rows[0]!.settings).toEqual(
      expect.arrayContaining([
        'default_transaction_read_only=on',
        'statement_timeout=30s',
        'temp_file_limit=512MB',
        'search_path=pg_catalog, public',
      ])
    );
  });

  test('has a password that is kept as SCRAM keys', async () => {
    await ensureReaderLogin(storage.pool, { user, password: "it's secret" });
    const { rows } = await storage.pool.query<{ kept: string }>(
      'SELECT rolpassword AS kept FROM pg_authid WHERE rolname = $1',
      [user]
    );
    expect(rows[0]!.kept).toMatch(/^SCRAM-SHA-256\$4096:/);
  });
});
