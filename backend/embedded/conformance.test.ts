/** What PostgreSQL clients rely on, over the wire, through `pg`. psql, lib/pq and pgx were tried by hand. */
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { Client, Pool, type QueryResult } from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import type { Embedded } from './index';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

let dataDir: string;
let embedded: Embedded;
const clients: Client[] = [];
const pools: Pool[] = [];

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir);
});
afterAll(async () => {
  await embedded.close();
  removeDataDir(dataDir);
});
afterEach(async () => {
  await Promise.all(clients.splice(0).map((client) => client.end().catch(() => undefined)));
  await Promise.all(pools.splice(0).map((pool) => pool.end()));
});

async function connect(url = embedded.ownerUrl): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  clients.push(client);
  return client;
}

function pool(max: number): Pool {
  const made = new Pool({ connectionString: embedded.ownerUrl, max });
  pools.push(made);
  return made;
}

const code = (query: Promise<unknown>): Promise<string | undefined> =>
  query.then(
    () => 'no error',
    (error: { code?: string }) => error.code
  );
const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const count = async (client: Client, table: string): Promise<number> =>
  Number((await client.query<{ n: string }>(`SELECT count(*) AS n FROM ${table}`)).rows[0]?.n);
const destroySocket = (client: Client): void =>
  (client as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();

/** `rows` lines of two columns, in pieces as a stream would have them. */
const lines = (rows: number): Readable =>
  Readable.from(
    Array.from({ length: rows / 50 }, (_, i) =>
      Array.from({ length: 50 }, (_row, j) => `${i * 50 + j}\tv${j}\n`).join('')
    )
  );

describe('logging in', () => {
  test('any database name is the one database; the user is the owner', async () => {
    const client = await connect(embedded.ownerUrl.replace(/[^/]+$/, 'another_name'));
    const { rows } = await client.query('SELECT current_user AS u, current_database() AS d');
    expect(rows).toEqual([{ u: 'llmcost', d: 'llmcost' }]);
  });

  test.each([
    ['a wrong password', (url: URL) => (url.password = 'wrong')],
    ['no password', (url: URL) => (url.password = '')],
    ['an unknown user', (url: URL) => (url.username = 'nobody')],
    ['the engine’s own superuser', (url: URL) => (url.username = 'postgres')],
    ['the reader with the owner’s password', (url: URL) => (url.username = 'grafana_reader')],
  ])('%s is refused', async (_what, change) => {
    const url = new URL(embedded.ownerUrl);
    change(url);
    await expect(connect(url.href)).rejects.toThrow(/password/);
  });

  test('settings of the start packet hold for this connection', async () => {
    const client = await connect(`${embedded.ownerUrl}?options=-c%20TimeZone%3DAsia/Tokyo&application_name=me`);
    const { rows } = await client.query(
      "SELECT current_setting('timezone') AS zone, current_setting('application_name') AS name"
    );
    expect(rows).toEqual([{ zone: 'Asia/Tokyo', name: 'me' }]);
  });

  test('a start setting that does not exist fails the first statement', async () => {
    const client = await connect(`${embedded.ownerUrl}?options=-c%20no_such_setting%3D1`);
    expect(await code(client.query('SELECT 1'))).toBe('42704');
  });
});

describe('queries', () => {
  test('two connections at once', async () => {
    const [a, b] = [await connect(), await connect()];
    const [x, y] = await Promise.all([a.query('SELECT 1 AS x'), b.query('SELECT 2 AS x')]);
    expect([x.rows, y.rows]).toEqual([[{ x: 1 }], [{ x: 2 }]]);
  });

  test('a pool of 8 with unnamed statements of different parameters gets its own answers', async () => {
    const shared = pool(8);
    const answers = await Promise.all(
      Array.from({ length: 600 }, async (_, i) => {
        const texts = [
          'SELECT $1::int AS v',
          'SELECT $1::int AS v, $2::text',
          'SELECT $1::int AS v, $2::text, $3::int',
        ];
        const result = await shared.query<{ v: number }>(texts[i % 3] ?? '', [i, 'text', i].slice(0, (i % 3) + 1));
        return result.rows[0]?.v;
      })
    );
    expect(answers).toEqual(Array.from({ length: 600 }, (_, i) => i));
  });

  test('the same statement name on two connections', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query({ name: 'q', text: 'SELECT $1::int AS x', values: [1] });
    const second = await b.query({ name: 'q', text: 'SELECT $1::text AS y', values: ['z'] });
    const again = await a.query({ name: 'q', text: 'SELECT $1::int AS x', values: [3] });
    expect([second.rows, again.rows]).toEqual([[{ y: 'z' }], [{ x: 3 }]]);
  });

  test('several statements in one simple query', async () => {
    const client = await connect();
    const results = (await client.query('SELECT 1 AS a; SELECT 2 AS b; ')) as unknown as QueryResult[];
    expect(results.map(({ rows }) => rows)).toEqual([[{ a: 1 }], [{ b: 2 }]]);
  });

  test('a portal fetched in parts', async () => {
    const client = await connect();
    const config = { text: 'SELECT generate_series(1, 10) AS a', rows: 3 };
    expect((await client.query<{ a: number }>(config)).rows.map(({ a }) => a)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10]);
  });

  test('a long answer arrives whole and in order', async () => {
    const client = await connect();
    const { rows } = await client.query<{ i: number }>('SELECT i, md5(i::text) FROM generate_series(1, 100000) i');
    expect(rows.length).toBe(100_000);
    expect(rows.every(({ i }, index) => i === index + 1)).toBe(true);
  });

  test('the server says what it is', async () => {
    const client = await connect();
    const { rows } = await client.query(
      `SELECT version() LIKE 'PostgreSQL 17%' AS server, extversion AS timescale,
              _timescaledb_functions.tsl_loaded() AS loaded FROM pg_extension WHERE extname = 'timescaledb'`
    );
    expect(rows).toEqual([{ server: true, timescale: '2.23.0-dev', loaded: true }]);
  });
});

describe('errors', () => {
  test('SQLSTATE of the cause; the connection goes on', async () => {
    const client = await connect();
    await client.query('CREATE TABLE twice (a int PRIMARY KEY)');
    expect(await code(client.query('SELECT * FROM nope'))).toBe('42P01');
    expect(await code(client.query('INSERT INTO twice VALUES (1), (1)'))).toBe('23505');
    expect(await code(client.query("SELECT 'x'::int"))).toBe('22P02');
    expect(await code(client.query('SELEC 1'))).toBe('42601');
    expect(await code(client.query('SELECT 1/0'))).toBe('22012');
    expect(await code(client.query('SELECT $1::int', ['x']))).toBe('22P02');
    expect((await client.query('SELECT $1::int AS v', [7])).rows).toEqual([{ v: 7 }]);
  });

  test('an error in a transaction fails it until ROLLBACK', async () => {
    const client = await connect();
    await client.query('BEGIN');
    expect(await code(client.query('SELECT 1/0'))).toBe('22012');
    expect(await code(client.query('SELECT $1::int', [1]))).toBe('25P02');
    await client.query('ROLLBACK');
    expect((await client.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  });

  test('more than 32,767 parameters are refused with the way out, in a transaction too', async () => {
    const client = await connect();
    await client.query('CREATE TABLE many (a int)');
    const values = Array.from({ length: 32_768 }, (_, i) => i);
    const insert = `INSERT INTO many VALUES ${values.map((_, i) => `($${i + 1})`).join(',')}`;
    await expect(client.query(insert, values)).rejects.toMatchObject({
      code: '54000',
      message: 'the statement has 32768 parameters; the embedded database takes at most 32767',
      hint: expect.stringContaining('unnest') as unknown,
    });
    await client.query('BEGIN');
    expect(await code(client.query(insert, values))).toBe('54000');
    expect(await code(client.query('SELECT 1'))).toBe('25P02');
    await client.query('ROLLBACK');
    expect(await count(client, 'many')).toBe(0);
  });
});

describe('transactions', () => {
  test.each(['BEGIN', 'START TRANSACTION'])(
    'after %s the others wait, and see nothing of a rollback',
    async (begin) => {
      const [a, b] = [await connect(), await connect()];
      await a.query('DROP TABLE IF EXISTS held; CREATE TABLE held (a int)');
      await a.query(begin);
      await a.query('INSERT INTO held VALUES (1)');
      let finished = false;
      const reading = count(b, 'held').then((n) => {
        finished = true;
        return n;
      });
      await wait(150);
      expect(finished).toBe(false);
      await a.query('INSERT INTO held VALUES (2)');
      await a.query('ROLLBACK');
      expect(await reading).toBe(0);
    }
  );

  test('a client that vanishes in a transaction leaves nothing and holds nobody up', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('CREATE TABLE vanished (a int)');
    await a.query('BEGIN');
    await a.query('INSERT INTO vanished VALUES (1)');
    destroySocket(a);
    expect(await count(b, 'vanished')).toBe(0);
  });

  test('fifty clients that vanish', async () => {
    for (let i = 0; i < 50; i++) {
      destroySocket(await connect());
    }
    expect((await (await connect()).query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  });

  test('writers and readers of one pool never see half a transaction', async () => {
    const shared = pool(6);
    await shared.query('CREATE TABLE account (id int PRIMARY KEY, v int)');
    await shared.query('INSERT INTO account SELECT i, 0 FROM generate_series(1, 5) i');
    const transfer = async (i: number): Promise<void> => {
      const client = await shared.connect();
      await client.query('BEGIN');
      await client.query('UPDATE account SET v = v + $1 WHERE id = $2', [1, 1 + (i % 5)]);
      await client.query('UPDATE account SET v = v - $1 WHERE id = $2', [1, 1 + ((i + 1) % 5)]);
      await client.query('COMMIT');
      client.release();
    };
    const sums = Array.from({ length: 60 }, async (_, i) => {
      await transfer(i);
      const { rows } = await shared.query<{ s: string }>('SELECT sum(v) AS s FROM account WHERE id > $1', [0]);
      return rows[0]?.s;
    });
    expect(new Set(await Promise.all(sums))).toEqual(new Set(['0']));
  });

  test('large batches beside small queries', async () => {
    const shared = pool(4);
    await shared.query('CREATE TABLE batches (a int, b text)');
    const column = Array.from({ length: 5000 }, (_, i) => i);
    const text = column.map((i) => `some longer text value ${i}`);
    const big = Array.from({ length: 6 }, () =>
      shared.query('INSERT INTO batches SELECT * FROM unnest($1::int[], $2::text[])', [column, text])
    );
    const small = Array.from({ length: 200 }, async (_, i) => {
      const { rows } = await shared.query<{ v: number }>('SELECT $1::int AS v', [i]);
      return rows[0]?.v === i;
    });
    await Promise.all(big);
    expect((await Promise.all(small)).every(Boolean)).toBe(true);
    expect((await shared.query('SELECT count(*)::int AS n FROM batches')).rows).toEqual([{ n: 30_000 }]);
  });
});

describe('COPY', () => {
  test('from a stream, with others at work', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('CREATE TABLE copied (a int, b text)');
    const copied = pipeline(lines(20_000), a.query(copyFrom('COPY copied FROM STDIN')));
    for (let i = 0; i < 20; i++) {
      expect((await b.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
    }
    await copied;
    expect(await count(a, 'copied')).toBe(20_000);
  });

  test('inside a transaction into a temporary table', async () => {
    const client = await connect();
    await client.query('CREATE TABLE target (a int PRIMARY KEY, b text)');
    await client.query("INSERT INTO target VALUES (7, 'kept')");
    await client.query('BEGIN');
    await client.query('CREATE TEMP TABLE staged (LIKE target) ON COMMIT DROP');
    await pipeline(lines(100), client.query(copyFrom('COPY staged FROM STDIN')));
    await client.query('INSERT INTO target SELECT * FROM staged ON CONFLICT DO NOTHING');
    await client.query('COMMIT');
    expect(await count(client, 'target')).toBe(100);
    expect((await client.query('SELECT b FROM target WHERE a = 7')).rows).toEqual([{ b: 'kept' }]);
  });

  test.each(['COPY bad FROM STDIN', 'COPY bad FROM STDIN WITH (FORMAT csv)'])(
    'bad data in "%s" names its line, and the connection goes on',
    async (sql) => {
      const client = await connect();
      await client.query('DROP TABLE IF EXISTS bad; CREATE TABLE bad (a int)');
      const copy = pipeline(Readable.from(['1\nzzz\n']), client.query(copyFrom(sql)));
      await expect(copy).rejects.toMatchObject({ code: '22P02', where: expect.stringContaining('line 2') as unknown });
      expect(await count(client, 'bad')).toBe(0);
    }
  );

  test('a client that gives up', async () => {
    const client = await connect();
    await client.query('CREATE TABLE given_up (a int)');
    const copy = client.query(copyFrom('COPY given_up FROM STDIN'));
    const failed = code(pipeline(Readable.from(failingSource()), copy));
    expect(await failed).toBe(undefined);
    expect(await count(client, 'given_up')).toBe(0);
  });

  test('to a stream and back in binary', async () => {
    const client = await connect();
    const pieces: Buffer[] = [];
    const collect = new Writable({ write: (piece: Buffer, _encoding, done) => (pieces.push(piece), done()) });
    const out = 'COPY (SELECT i, md5(i::text) FROM generate_series(1, 20000) i) TO STDOUT WITH (FORMAT binary)';
    await pipeline(client.query(copyTo(out)), collect);
    await client.query('CREATE TABLE back (a int, b text)');
    const again = client.query(copyFrom('COPY back FROM STDIN WITH (FORMAT binary)'));
    await pipeline(Readable.from([Buffer.concat(pieces)]), again);
    const { rows } = await client.query('SELECT count(*)::int AS n, bool_and(b = md5(a::text)) AS same FROM back');
    expect(rows).toEqual([{ n: 20_000, same: true }]);
  });

  test('an upload that nobody finishes is ended, so that others can go on', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('CREATE TABLE unfinished (a int)');
    const copy = a.query(copyFrom('COPY unfinished FROM STDIN'));
    copy.on('error', () => undefined);
    copy.write('1\n');
    await wait(100);
    destroySocket(a);
    expect(await count(b, 'unfinished')).toBe(0);
  });
});

function* failingSource(): Generator<string> {
  yield '1\n';
  throw new Error('the source broke');
}

describe('what one connection does stays its own', () => {
  test('SET', async () => {
    const [a, b] = [await connect(), await connect()];
    const zone = async (client: Client): Promise<string | undefined> =>
      (await client.query<{ z: string }>("SELECT current_setting('timezone') AS z")).rows[0]?.z;
    await a.query("SET timezone = 'Asia/Tokyo'");
    expect([await zone(b), await zone(a), await zone(b)]).toEqual(['GMT', 'Asia/Tokyo', 'GMT']);
    await a.query("BEGIN; SET timezone = 'Europe/Berlin'; COMMIT");
    await b.query("SELECT set_config('timezone', 'America/Lima', false)");
    expect([await zone(a), await zone(b)]).toEqual(['Europe/Berlin', 'America/Lima']);
    await a.query('RESET ALL');
    expect([await zone(a), await zone(b)]).toEqual(['GMT', 'America/Lima']);
  });

  test('search_path', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('CREATE SCHEMA side; CREATE TABLE side.only_here (a int)');
    await a.query('SET search_path = side, public');
    expect(await code(b.query('SELECT * FROM only_here'))).toBe('42P01');
    expect(await count(a, 'only_here')).toBe(0);
  });

  test('SET ROLE', async () => {
    const [a, b] = [await connect(), await connect()];
    const user = async (client: Client): Promise<string | undefined> =>
      (await client.query<{ u: string }>('SELECT current_user AS u')).rows[0]?.u;
    await a.query('CREATE ROLE somebody; SET ROLE somebody');
    expect([await user(b), await user(a)]).toEqual(['llmcost', 'somebody']);
    await a.query('RESET ROLE');
    expect([await user(a), await user(b)]).toEqual(['llmcost', 'llmcost']);
  });

  test('temporary tables go with the connection that made them', async () => {
    const [a, b] = [await connect(), await connect()];
    await a.query('CREATE TEMP TABLE passing (a int)');
    await a.end();
    await wait(100);
    expect(await code(b.query('SELECT * FROM passing'))).toBe('42P01');
  });
});

test('NOTIFY reaches every listener and nobody else', async () => {
  const [a, b, c] = [await connect(), await connect(), await connect()];
  const heard: string[] = [];
  a.on('notification', ({ channel, payload }) => heard.push(`a ${channel} ${payload}`));
  b.on('notification', ({ channel, payload }) => heard.push(`b ${channel} ${payload}`));
  await a.query('LISTEN prices');
  await b.query('LISTEN prices');
  await b.query('LISTEN "Other"');
  await c.query("NOTIFY prices, 'one'");
  await b.query('UNLISTEN prices');
  await c.query("SELECT pg_notify('prices', 'two'), pg_notify('Other', 'three')");
  await wait(100);
  expect(heard.sort()).toEqual(['a prices one', 'a prices two', 'b Other three', 'b prices one']);
});

test('CALL refresh_continuous_aggregate', async () => {
  const client = await connect();
  await client.query('CREATE TABLE calls (time timestamptz NOT NULL, cost bigint)');
  await client.query("SELECT create_hypertable('calls', 'time')");
  await client.query(
    `CREATE MATERIALIZED VIEW daily WITH (timescaledb.continuous) AS
     SELECT time_bucket('1 day', time) AS day, sum(cost)::bigint AS cost FROM calls GROUP BY 1 WITH NO DATA`
  );
  await client.query(
    "INSERT INTO calls SELECT '2026-01-01'::timestamptz + i * interval '1 hour', 2 FROM generate_series(0, 47) i"
  );
  await client.query("CALL refresh_continuous_aggregate('daily', NULL, NULL)");
  const { rows } = await client.query('SELECT cost FROM daily ORDER BY day');
  expect(rows).toEqual([{ cost: '48' }, { cost: '48' }]);
});
