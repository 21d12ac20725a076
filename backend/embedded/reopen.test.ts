/** What survives when the engine is opened anew: to stop a statement, or after the process was killed. */
import { Client } from 'pg';
import type { Embedded } from './index';
import { freshDataDir, removeDataDir, startTestServer } from '../../tests/integration/embeddedServer';

const TIMEOUT_MS = 700;
let dataDir: string;
let embedded: Embedded;
let owner: Client;
let reader: Client;
const logged: string[] = [];

async function connect(url: string): Promise<Client> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  return client;
}

beforeAll(async () => {
  dataDir = freshDataDir();
  embedded = await startTestServer(dataDir, {
    statementTimeoutMs: TIMEOUT_MS,
    log: ({ msg }) => logged.push(msg),
  });
  owner = await connect(embedded.ownerUrl);
  reader = await connect(embedded.readerUrl);
});
afterAll(async () => {
  await Promise.all([owner.end(), reader.end()]);
  await embedded.close();
  removeDataDir(dataDir);
});

const SLOW = 'SELECT count(*) FROM generate_series(1, 200000000)';
const timedOut = { code: '57014', message: 'canceling statement due to statement timeout' };
const processId = (client: Client): number => (client as unknown as { processID: number }).processID;
const cancel = (client: Client): Promise<void> =>
  new Promise((resolve) => {
    const other = new Client({ connectionString: embedded.ownerUrl }) as unknown as {
      connection: {
        stream: NodeJS.EventEmitter;
        connect(port: number, host: string): void;
        once(event: 'connect', listener: () => void): void;
        cancel(processId: number, secret: number): void;
      };
    };
    const { connection } = other;
    connection.once('connect', () => {
      connection.cancel(processId(client), (client as unknown as { secretKey: number }).secretKey);
      resolve();
    });
    connection.connect(Number(new URL(embedded.ownerUrl).port), '127.0.0.1');
  });

describe('a reader’s statement that takes too long', () => {
  test('is stopped, and its connection goes on', async () => {
    await expect(reader.query(SLOW)).rejects.toMatchObject(timedOut);
    expect((await reader.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  });

  test('costs other connections nothing: statements, settings, listeners and commits are there', async () => {
    const heard: string[] = [];
    owner.on('notification', ({ payload }) => heard.push(payload ?? ''));
    await owner.query(
      "CREATE TABLE kept (a int); INSERT INTO kept VALUES (1); SET timezone = 'Asia/Tokyo'; LISTEN news"
    );
    const named = { name: 'add', text: 'SELECT a + $1::int AS v FROM kept' };
    await owner.query({ ...named, values: [1] });
    await reader.query({ name: 'own', text: 'SELECT 5 AS v' });

    await expect(reader.query(SLOW)).rejects.toMatchObject(timedOut);

    expect((await owner.query({ ...named, values: [2] })).rows).toEqual([{ v: 3 }]);
    expect((await owner.query('SHOW timezone')).rows).toEqual([{ TimeZone: 'Asia/Tokyo' }]);
    expect((await reader.query({ name: 'own', text: 'SELECT 5 AS v' })).rows).toEqual([{ v: 5 }]);
    await owner.query("NOTIFY news, 'heard'");
    expect((await owner.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
    expect(heard).toEqual(['heard']);
  });

  test('while it runs, what the owner sends waits and is then done', async () => {
    const slow = expect(reader.query(SLOW)).rejects.toMatchObject(timedOut);
    const insert = owner.query('INSERT INTO kept VALUES ($1), ($2)', [2, 3]);
    await slow;
    expect((await insert).rowCount).toBe(2);
    expect((await owner.query('SELECT a FROM kept ORDER BY a')).rows).toEqual([{ a: 1 }, { a: 2 }, { a: 3 }]);
  });

  test('pg_sleep is stopped as well', async () => {
    await expect(reader.query('SELECT pg_sleep(1000)')).rejects.toMatchObject(timedOut);
  });

  test('a reader that goes away takes its statement along', async () => {
    const gone = await connect(embedded.readerUrl);
    const lost = expect(gone.query('SELECT pg_sleep(1000)')).rejects.toThrow();
    await new Promise((resolve) => setTimeout(resolve, 100));
    (gone as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy();
    await lost;
    expect((await owner.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  });
});

describe('the owner', () => {
  test('can set a statement timeout; a transaction that is hit has failed and is gone', async () => {
    await owner.query("SET statement_timeout = '300ms'");
    await owner.query('BEGIN');
    await owner.query('INSERT INTO kept VALUES (99)');
    await expect(owner.query(SLOW)).rejects.toMatchObject(timedOut);
    await expect(owner.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' });
    await owner.query('ROLLBACK');
    expect((await owner.query('SELECT a FROM kept WHERE a = 99')).rows).toEqual([]);
    await owner.query('RESET statement_timeout');
  });

  test('can cancel what runs', async () => {
    const running = expect(owner.query(SLOW)).rejects.toMatchObject({
      code: '57014',
      message: 'canceling statement due to user request',
    });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await cancel(owner);
    await running;
    expect((await owner.query('SELECT 1 AS v')).rows).toEqual([{ v: 1 }]);
  });

  test('a cancel with a wrong secret does nothing', async () => {
    const running = owner.query('SELECT pg_sleep(0.8), 1 AS v');
    const stranger = { processID: processId(owner), secretKey: 1 } as unknown as Client;
    await cancel(stranger);
    expect((await running).rows).toEqual([{ pg_sleep: '', v: 1 }]);
  });
});

test('compressed rows are found after the engine was opened anew, and after the process was', async () => {
  await owner.query('CREATE TABLE metered (time timestamptz NOT NULL, tenant text, v int)');
  await owner.query("SELECT create_hypertable('metered', 'time', chunk_time_interval => interval '1 day')");
  await owner.query(
    `INSERT INTO metered SELECT '2026-01-01'::timestamptz + i * interval '10 minutes', 't' || i % 3, i
       FROM generate_series(0, 999) i`
  );
  await owner.query("ALTER TABLE metered SET (timescaledb.compress, timescaledb.compress_segmentby = 'tenant')");
  await owner.query("SELECT compress_chunk(c) FROM show_chunks('metered') c");
  await owner.query('GRANT SELECT ON metered TO llmcost_reader');
  const totals = 'SELECT count(*)::int AS n, sum(v)::int AS s FROM metered';
  const expected = [{ n: 1000, s: 499_500 }];
  expect((await owner.query(totals)).rows).toEqual(expected);

  await expect(reader.query(SLOW)).rejects.toMatchObject(timedOut);
  expect((await reader.query(totals)).rows).toEqual(expected);

  await Promise.all([owner.end(), reader.end()]);
  await embedded.close();
  embedded = await startTestServer(dataDir, { statementTimeoutMs: TIMEOUT_MS });
  [owner, reader] = [await connect(embedded.ownerUrl), await connect(embedded.readerUrl)];
  expect((await reader.query(totals)).rows).toEqual(expected);
  const { rows } = await owner.query(
    "SELECT bool_and(is_compressed) AS compressed FROM timescaledb_information.chunks WHERE hypertable_name = 'metered'"
  );
  expect(rows).toEqual([{ compressed: true }]);
});
