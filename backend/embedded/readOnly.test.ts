/** What a reader can and can't do through the gate. */
import { Client, type QueryResult } from 'pg';
import type { Embedded } from './index';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

let dataDir: string;
let embedded: Embedded;
let owner: Client;
let reader: Client;

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir);
  owner = await connect(embedded.ownerUrl);
  reader = await connect(embedded.readerUrl);
  await owner.query(`
    CREATE TABLE open_data (a int); INSERT INTO open_data VALUES (1); GRANT SELECT ON open_data TO llmcost_reader;
    CREATE TABLE secret (a int); INSERT INTO secret VALUES (1);
    CREATE FUNCTION become_owner() RETURNS text LANGUAGE plpgsql AS
      $f$ BEGIN RESET ROLE; PERFORM pg_catalog.set_config('role', 'none', false); RETURN current_user; END $f$`);
});
afterAll(async () => {
  await Promise.all([owner.end(), reader.end()]);
  await embedded.close();
  removeDataDir(dataDir);
});

describe('a reader can', () => {
  test.each([
    ['select what is granted', 'SELECT a FROM open_data', [{ a: 1 }]],
    [
      'use TABLE, VALUES, WITH',
      'WITH w AS (TABLE open_data) SELECT * FROM w UNION ALL VALUES (2)',
      [{ a: 1 }, { a: 2 }],
    ],
    ['begin with comments and parentheses', '-- why\n/* a /* b */ c */ ((SELECT 1 AS a))', [{ a: 1 }]],
    ['end with a semicolon', 'SELECT 1 AS a;', [{ a: 1 }]],
    ['show a setting', 'SHOW transaction_read_only', [{ transaction_read_only: 'on' }]],
    ['send nothing', '-- ping', []],
  ])('%s', async (_what, sql, rows) => {
    expect((await reader.query(sql)).rows).toEqual(rows);
  });

  test('explain', async () => {
    const { rows } = await reader.query<{ 'QUERY PLAN': string }>('EXPLAIN SELECT * FROM open_data');
    expect(rows[0]?.['QUERY PLAN']).toContain('Seq Scan on open_data');
  });

  test('use parameters and named statements', async () => {
    const named = { name: 'n', text: 'SELECT a + $1::int AS a FROM open_data' };
    expect((await reader.query({ ...named, values: [1] })).rows).toEqual([{ a: 2 }]);
    expect((await reader.query({ ...named, values: [2] })).rows).toEqual([{ a: 3 }]);
  });

  test('choose a time zone in the start packet', async () => {
    const client = await connect(`${embedded.readerUrl}?options=-c%20timezone%3DAsia/Tokyo%20-c%20role%3Dllmcost`);
    const { rows } = await client.query("SELECT current_setting('timezone') AS zone, current_user AS u");
    await client.end();
    expect(rows).toEqual([{ zone: 'Asia/Tokyo', u: 'llmcost_reader' }]);
  });
});

describe('a reader can’t', () => {
  test.each([
    // Writing.
    ['42501', 'INSERT INTO open_data VALUES (2)'],
    ['25006', 'WITH w AS (INSERT INTO open_data VALUES (2) RETURNING a) SELECT * FROM w'],
    ['25006', 'WITH w AS (DELETE FROM open_data RETURNING a) SELECT * FROM w'],
    ['25006', 'EXPLAIN ANALYZE DELETE FROM open_data'],
    ['25006', 'SELECT a FROM open_data FOR UPDATE'],
    ['25006', 'SELECT 1 INTO TEMP shadow'],
    ['42501', 'CREATE TEMP TABLE open_data (a int)'],
    ['42501', 'CREATE TABLE mine (a int)'],
    ['42501', 'TRUNCATE open_data'],
    ['42501', 'VACUUM'],
    ['42501', 'CALL run_job(1)'],
    ['25006', "SELECT drop_chunks('open_data', now())"],
    ['42501', "SELECT pg_logical_emit_message(false, 'a', 'b')"],
    ['42501', 'SELECT lo_creat(-1)'],
    ['42501', 'SELECT pg_switch_wal()'],
    // Reading what isn't granted.
    ['42501', 'SELECT * FROM secret'],
    ['42501', 'SELECT * FROM pg_authid'],
    ['42501', 'SELECT * FROM pg_prepared_statements'],
    ['42501', "SELECT pg_read_file('PG_VERSION')"],
    ['42501', "SELECT pg_ls_dir('.')"],
    ['42501', "SELECT lo_import('/etc/passwd')"],
    ['42501', "COPY open_data TO '/tmp/out'"],
    ['42501', "COPY (SELECT 1) TO PROGRAM 'id'"],
    ['42501', 'COPY open_data FROM STDIN'],
    ['42883', "SELECT dblink('host=127.0.0.1', 'SELECT 1')"],
    ['42501', 'CREATE EXTENSION dblink'],
    // Becoming somebody else.
    ['42501', 'SET ROLE llmcost'],
    ['42501', 'RESET ROLE'],
    ['42501', 'SET SESSION AUTHORIZATION DEFAULT'],
    ['42501', "SELECT set_config('role', 'none', true)"],
    ['42501', "SELECT set_config('role', 'none', true), query_to_xml('SELECT * FROM secret', true, true, '')"],
    ['42501', "SELECT query_to_xml('RESET ROLE', true, true, '')"],
    ['42501', "UPDATE pg_settings SET setting = 'none' WHERE name = 'role'"],
    ['42501', 'SELECT become_owner()'],
    ['42501', 'DO $$ BEGIN RESET ROLE; END $$'],
    ['42501', '/* SELECT */ ; DO $$ BEGIN RESET ROLE; END $$'],
    // Leaving the transaction, or leaving something behind.
    ['42501', 'COMMIT'],
    ['42601', 'SELECT 1; COMMIT; DROP TABLE open_data'],
    ['42501', 'BEGIN'],
    ['42501', "SET timezone = 'Asia/Tokyo'"],
    ['42501', "SELECT set_config('timezone', 'Asia/Tokyo', false)"],
    ['42501', 'PREPARE p AS SELECT 1'],
    ['42501', 'DECLARE c CURSOR WITH HOLD FOR SELECT 1'],
    ['42501', 'SELECT pg_advisory_lock(1)'],
    ['42501', 'LISTEN anything'],
    ['42501', "SELECT pg_notify('prices', 'x')"],
    ['42501', "LOAD 'timescaledb'"],
    ['42501', 'SELECT pg_terminate_backend(pg_backend_pid())'],
    ['42501', 'SELECT pg_cancel_backend(pg_backend_pid())'],
    ['42501', 'SELECT pg_reload_conf()'],
  ])('%s %s', async (code, sql) => {
    await expect(reader.query(sql)).rejects.toMatchObject({ code });
    await expect(reader.query({ text: sql, values: [], name: sql.slice(0, 60) })).rejects.toMatchObject({ code });
    expect((await reader.query('SELECT current_user AS u')).rows).toEqual([{ u: 'llmcost_reader' }]);
  });

  test('and nothing of it has changed anything', async () => {
    const results = (await owner.query(
      "SELECT a FROM open_data; SELECT current_user AS u, current_setting('timezone') AS zone"
    )) as unknown as QueryResult[];
    expect(results.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ u: 'llmcost', zone: 'GMT' }]]);
  });

  test('use a role that the owner has set', async () => {
    await owner.query('SET ROLE pg_monitor');
    expect((await reader.query('SELECT current_user AS u')).rows).toEqual([{ u: 'llmcost_reader' }]);
    await owner.query('RESET ROLE');
  });

  test('read what happens in an owner’s open transaction', async () => {
    await owner.query('BEGIN');
    await owner.query('INSERT INTO open_data VALUES (5)');
    const read = reader.query('SELECT a FROM open_data');
    await owner.query('ROLLBACK');
    expect((await read).rows).toEqual([{ a: 1 }]);
  });

  test('fill the disk with temporary files', async () => {
    await owner.query('CREATE TABLE wide AS SELECT repeat(md5(i::text), 30) AS t FROM generate_series(1, 1000) i');
    await owner.query('GRANT SELECT ON wide TO llmcost_reader');
    const sort = 'SELECT count(*) FROM (SELECT a.t FROM wide a, wide b ORDER BY a.t || b.t) s';
    await expect(reader.query(sort)).rejects.toMatchObject({ code: '53400' });
  });
});

test('without the reader’s role nothing is run', async () => {
  await owner.query('ALTER ROLE llmcost_reader RENAME TO gone');
  await expect(reader.query('SELECT current_user')).rejects.toMatchObject({ code: '22023' });
  await owner.query('ALTER ROLE gone RENAME TO llmcost_reader');
  expect((await reader.query('SELECT a FROM open_data')).rows).toEqual([{ a: 1 }]);
});
